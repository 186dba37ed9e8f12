package ledgerlake.reader;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;

/**
 * Answers requests, one JSON object a line on standard input, each with one JSON object a line on
 * standard output. Any number of catalogs and tables are read by one process.
 *
 * <p>Requests name a catalog that was opened before: {@code {"do": "open", "catalog": "a", "name":
 * ..., "properties": {...}}}, {@code {"do": "list", "catalog": "a"}}, {@code {"do": "read",
 * "catalog": "a", ...}} (see {@link ReadRequest}). Secrets come this way only, not as arguments.
 */
public final class Main {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, String>> PROPERTIES = new TypeReference<>() {};

  private final Map<String, JdbcCatalog> catalogs = new HashMap<>();

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err); // what a library prints is no answer
    Main main = new Main();
    var requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      answers.println(JSON.writeValueAsString(main.answer(line)));
    }
  }

  private Object answer(String line) {
    try {
      JsonNode request = JSON.readTree(line);
      String key = request.get("catalog").asText();
      return switch (request.get("do").asText()) {
        case "open" -> open(key, request);
        case "list" -> list(catalogs.get(key));
        case "read" ->
            new TableReader(catalogs.get(key)).read(JSON.treeToValue(request, ReadRequest.class));
        default -> Map.of("error", "no such request");
      };
    } catch (Exception | LinkageError error) {
      var trace = new StringWriter();
      error.printStackTrace(new PrintWriter(trace));
      return Map.of("error", trace.toString());
    }
  }

  private Object open(String key, JsonNode request) {
    var catalog = new JdbcCatalog();
    catalog.setConf(new Configuration());
    catalog.initialize(
        request.get("name").asText(), JSON.convertValue(request.get("properties"), PROPERTIES));
    catalogs.put(key, catalog);
    return Map.of();
  }

  private static Object list(JdbcCatalog catalog) {
    List<List<String>> tables = new ArrayList<>();
    for (Namespace namespace : catalog.listNamespaces()) {
      for (TableIdentifier table : catalog.listTables(namespace)) {
        tables.add(List.of(table.namespace().toString(), table.name()));
      }
    }
    return Map.of("tables", tables);
  }
}
