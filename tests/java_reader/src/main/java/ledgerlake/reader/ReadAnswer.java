package ledgerlake.reader;

import java.util.List;

/**
 * What Iceberg's library says of a table. The rows are in the file that was asked for.
 *
 * @param columns the columns of the snapshot that was read, in the table's order
 * @param partitionedBy the columns of the identity partition; other transforms as Iceberg spells
 *     them
 * @param snapshot the snapshot that was read
 * @param snapshots all snapshots the table keeps, oldest first
 * @param rows how many rows were written
 * @param dataFiles how many data files were planned
 * @param deleteFiles how many delete files were planned
 * @param problems where the manifests do not say what is in the files
 */
public record ReadAnswer(
    List<Column> columns,
    List<String> partitionedBy,
    Long snapshot,
    List<Long> snapshots,
    long rows,
    int dataFiles,
    int deleteFiles,
    List<String> problems) {

  /** A column: name, type as Iceberg spells it, meaning. */
  public record Column(String name, String type, String doc) {}
}
