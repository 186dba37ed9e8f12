import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;

/** REST catalogs on the loopback address, each over a catalog of Java's. Ends with its input. */
public final class RestService {
  private RestService() {}

  /** Each argument is a port and the properties of a catalog: {@code port key=value key=value}. */
  public static void main(String[] arguments) throws Exception {
    for (String argument : arguments) {
      String[] parts = argument.split(" ");
      Map<String, String> properties = new HashMap<>();
      for (int index = 1; index < parts.length; index++) {
        String[] property = parts[index].split("=", 2);
        properties.put(property[0], property[1]);
      }
      if (properties.get("type").equals("jdbc")) {
        properties.put("jdbc.password", System.getenv("PASSWORD"));
      }
      serve(Integer.parseInt(parts[0]), properties);
    }
    System.out.println("listening");
    while (System.in.read() != -1) {
      continue;
    }
    System.exit(0);
  }

  private static void serve(int port, Map<String, String> properties) throws Exception {
    RESTCatalogAdapter adapter =
        new RESTCatalogAdapter(
            CatalogUtil.buildIcebergCatalog("service", properties, new Configuration()));
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(new ServletHolder(new RESTCatalogServlet(adapter)), "/*");
    Server server = new Server(new InetSocketAddress("127.0.0.1", port));
    server.setHandler(context);
    server.start();
  }
}
