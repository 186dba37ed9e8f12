package ledgerlake.reader;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.SnapshotUtil;

/** Reads tables as Iceberg's library does, and holds the manifests against what is in the files. */
final class TableReader {
  private static final JsonFactory JSON = new JsonFactory();

  private final Catalog catalog;

  TableReader(Catalog catalog) {
    this.catalog = catalog;
  }

  ReadAnswer read(ReadRequest request) throws IOException {
    Table table =
        catalog.loadTable(TableIdentifier.of(Namespace.of(request.namespace()), request.table()));
    Snapshot snapshot =
        request.snapshot() == null
            ? table.currentSnapshot()
            : table.snapshot(request.snapshot());
    if (snapshot == null) {
      throw new IllegalArgumentException("no snapshot " + request.snapshot());
    }
    Schema schema = SnapshotUtil.schemaFor(table, snapshot.snapshotId());
    Expression filter =
        request.column() == null
            ? Expressions.alwaysTrue()
            : Expressions.equal(request.column(), request.value());
    ManifestCheck check = new ManifestCheck(table.io(), schema);
    int dataFiles = 0;
    Set<String> deleteFiles = new HashSet<>();
    TableScan scan =
        table.newScan().useSnapshot(snapshot.snapshotId()).filter(filter).includeColumnStats();
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      for (FileScanTask task : tasks) {
        dataFiles++;
        task.deletes().forEach(file -> deleteFiles.add(file.location()));
        check.add(task);
      }
    }
    long rows = writeRows(table, snapshot, schema, filter, check, Path.of(request.rows()));
    boolean everyRow = request.column() == null;
    return new ReadAnswer(
        columns(schema),
        partitionedBy(table),
        snapshot.snapshotId(),
        snapshots(table),
        rows,
        dataFiles,
        deleteFiles.size(),
        check.problems(everyRow));
  }

  private static long writeRows(
      Table table,
      Snapshot snapshot,
      Schema schema,
      Expression filter,
      ManifestCheck check,
      Path file)
      throws IOException {
    List<Types.NestedField> columns = new ArrayList<>(schema.columns());
    columns.add(MetadataColumns.FILE_PATH); // tells whose figures the row must agree with
    long rows = 0;
    try (CloseableIterable<Record> records =
            IcebergGenerics.read(table)
                .useSnapshot(snapshot.snapshotId())
                .where(filter)
                .project(new Schema(columns))
                .build();
        Writer writer = Files.newBufferedWriter(file);
        JsonGenerator json = JSON.createGenerator(writer)) {
      json.setRootValueSeparator(null);
      for (Record record : records) {
        check.see(record);
        json.writeStartArray();
        for (int position = 0; position < schema.columns().size(); position++) {
          json.writeString(
              ValueText.of(schema.columns().get(position).type(), record.get(position)));
        }
        json.writeEndArray();
        json.writeRaw('\n');
        rows++;
      }
    }
    return rows;
  }

  private static List<ReadAnswer.Column> columns(Schema schema) {
    return schema.columns().stream()
        .map(field -> new ReadAnswer.Column(field.name(), field.type().toString(), field.doc()))
        .toList();
  }

  private static List<String> partitionedBy(Table table) {
    return table.spec().fields().stream()
        .map(
            field ->
                field.transform().isIdentity()
                    ? table.schema().findColumnName(field.sourceId())
                    : field.toString())
        .toList();
  }

  private static List<Long> snapshots(Table table) {
    List<Long> found = new ArrayList<>();
    table.snapshots().forEach(each -> found.add(each.snapshotId()));
    return found;
  }
}
