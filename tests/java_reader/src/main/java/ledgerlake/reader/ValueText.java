package ledgerlake.reader;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.util.ByteBuffers;
import org.apache.iceberg.util.DateTimeUtil;

/** One spelling for each value, so that two readers can be compared. */
final class ValueText {
  private ValueText() {}

  /**
   * The value as text: decimals with all digits of their scale, instants and times of day as
   * microseconds since 1970, binary as hexadecimal digits; null for null.
   */
  static String of(Type type, Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.typeId()) {
      case BOOLEAN, INTEGER, LONG, STRING, DATE, DOUBLE -> value.toString();
      case FLOAT -> Double.toString((Float) value);
      case DECIMAL -> ((BigDecimal) value).toPlainString();
      case TIMESTAMP ->
          Long.toString(
              value instanceof OffsetDateTime instant
                  ? DateTimeUtil.microsFromTimestamptz(instant)
                  : DateTimeUtil.microsFromTimestamp((LocalDateTime) value));
      case BINARY ->
          HexFormat.of().withUpperCase().formatHex(ByteBuffers.toByteArray((ByteBuffer) value));
      default -> throw new IllegalArgumentException("the lake has no type " + type);
    };
  }
}
