import java.io.BufferedReader;
import java.io.InputStreamReader;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Serves ResetServlet over clear-text HTTP/2 on a free port of 127.0.0.1 until standard input ends. "go" on it calls go(). */
public final class JettyProbe {
    public static void main(String[] arguments) throws Exception {
        ResetServlet servlet = new ResetServlet();
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, 1, 1, Container.clearTextHttp2());
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(Container.of(servlet));
        server.start();
        System.out.printf("{\"port\": %d, \"version\": \"%s\"}%n", connector.getLocalPort(), Server.getVersion());
        System.out.flush();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            if (command.equals("go")) servlet.go();
        }
        Runtime.getRuntime().halt(0);
    }
}
