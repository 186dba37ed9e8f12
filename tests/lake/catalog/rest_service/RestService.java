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

/** A REST catalog on the loopback address, over a JDBC catalog of Java's. Ends with its input. */
public final class RestService {
  private RestService() {}

  /** The arguments are a port, and the properties of the catalog as {@code key=value}. */
  public static void main(String[] arguments) throws Exception {
    Map<String, String> properties = new HashMap<>();
    for (int index = 1; index < arguments.length; index++) {
      String[] property = arguments[index].split("=", 2);
      properties.put(property[0], property[1]);
    }
    properties.put("jdbc.password", System.getenv("PASSWORD"));
    RESTCatalogAdapter adapter =
        new RESTCatalogAdapter(
            CatalogUtil.buildIcebergCatalog("service", properties, new Configuration()));
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(new ServletHolder(new RESTCatalogServlet(adapter)), "/*");
    int port = Integer.parseInt(arguments[0]);
    Server server = new Server(new InetSocketAddress("127.0.0.1", port));
    server.setHandler(context);
    server.start();
    System.out.println("listening");
    while (System.in.read() != -1) {
      continue;
    }
    System.exit(0);
  }
}
