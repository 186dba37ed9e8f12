package ledgerlake.reader;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * What is to be read.
 *
 * @param namespace the table's namespace, of one level
 * @param table the table's name
 * @param snapshot the snapshot to read; null is the latest
 * @param column with {@code value}: only rows in which the column is the value, so that the
 *     planning leaves out what it may; null is every row
 * @param value the value, as Iceberg's expressions spell it
 * @param rows the file to write the rows to, one JSON array a line
 */
@JsonIgnoreProperties({"do", "catalog"})
public record ReadRequest(
    String namespace, String table, Long snapshot, String column, String value, String rows) {}
