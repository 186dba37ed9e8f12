package ledgerlake.reader;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/**
 * Holds what the manifests say of each data file against the file and its rows: size, number of
 * rows, nulls, least and greatest values. Engines skip files by these figures, so a wrong one loses
 * rows in some query without an error.
 */
final class ManifestCheck {
  private final FileIO files;
  private final Schema schema;
  private final Map<String, Figures> figures = new HashMap<>();
  private final Set<String> problems = new LinkedHashSet<>();
  private final InternalRecordWrapper internal;

  ManifestCheck(FileIO files, Schema schema) {
    this.files = files;
    this.schema = schema;
    this.internal = new InternalRecordWrapper(schema.asStruct());
  }

  /** A file was planned. */
  void add(FileScanTask task) {
    DataFile file = task.file();
    figures.put(file.location(), new Figures(file, !task.deletes().isEmpty()));
    long length = files.newInputFile(file.location()).getLength();
    expect(length == file.fileSizeInBytes(), file, "has %d bytes", length);
  }

  /** A live row was read, with the location of its file as last value. */
  void see(Record row) {
    Figures file = figures.get((String) row.getField(MetadataColumns.FILE_PATH.name()));
    file.rows++;
    internal.wrap(row);
    for (int position = 0; position < schema.columns().size(); position++) {
      Types.NestedField column = schema.columns().get(position);
      file.see(column, internal.get(position, Object.class));
    }
  }

  /** What does not agree. {@code everyRow}: nothing but deleted rows was left out. */
  List<String> problems(boolean everyRow) {
    for (Figures each : figures.values()) {
      if (everyRow && !each.hasDeletes) {
        expect(each.rows == each.file.recordCount(), each.file, "has %d rows", each.rows);
        each.compareNulls();
      } else {
        expect(each.rows <= each.file.recordCount(), each.file, "has %d rows", each.rows);
      }
    }
    return new ArrayList<>(problems);
  }

  private void expect(boolean holds, DataFile file, String otherwise, Object... values) {
    if (!holds) {
      problems.add(
          String.format(otherwise, values)
              + String.format(
                  ", its manifest says %d bytes, %d rows: %s",
                  file.fileSizeInBytes(), file.recordCount(), file.location()));
    }
  }

  /** One file's figures, and what was seen of its rows. */
  private final class Figures {
    private final DataFile file;
    private final boolean hasDeletes;
    private final Map<Integer, Long> nulls = new HashMap<>();
    private long rows;

    private Figures(DataFile file, boolean hasDeletes) {
      this.file = file;
      this.hasDeletes = hasDeletes;
    }

    private void see(Types.NestedField column, Object value) {
      if (value == null) {
        nulls.merge(column.fieldId(), 1L, Long::sum);
        return;
      }
      if (value instanceof Double || value instanceof Float) {
        double number = ((Number) value).doubleValue();
        if (Double.isNaN(number) || number == 0) {
          return; // bounds say nothing of NaN, and SQL does not tell the two zeros apart
        }
      }
      Comparator<Object> order = Comparators.forType(column.type().asPrimitiveType());
      Object least = bound(file.lowerBounds(), column);
      Object greatest = bound(file.upperBounds(), column);
      expect(
          least == null || order.compare(least, value) <= 0,
          file, "%s has %s below %s", column.name(), value, least);
      expect(
          greatest == null || order.compare(value, greatest) <= 0,
          file, "%s has %s above %s", column.name(), value, greatest);
    }

    private void compareNulls() {
      if (file.nullValueCounts() == null) {
        return;
      }
      for (Types.NestedField column : schema.columns()) {
        Long said = file.nullValueCounts().get(column.fieldId());
        long seen = nulls.getOrDefault(column.fieldId(), 0L);
        expect(
            said == null || said == seen,
            file, "%s has %d nulls, not %d", column.name(), seen, said);
      }
    }

    private Object bound(Map<Integer, ByteBuffer> bounds, Types.NestedField column) {
      ByteBuffer bound = bounds == null ? null : bounds.get(column.fieldId());
      return bound == null ? null : Conversions.fromByteBuffer(column.type(), bound);
    }
  }
}
