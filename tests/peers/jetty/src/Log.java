import java.time.Duration;
import java.time.Instant;

/** One JSON line on standard output for each event: {"t": milliseconds since 1970, "ev": what happened}. */
final class Log {
    static synchronized void event(String what) {
        Duration now = Duration.between(Instant.EPOCH, Instant.now());
        String text = what.replace("\\", "\\\\").replace("\"", "'").replace('\n', ' ');
        System.out.printf("{\"t\": %d.%03d, \"ev\": \"%s\"}%n", now.toMillis(), now.toNanosPart() / 1000 % 1000, text);
        System.out.flush();
    }

    static String describe(Throwable thrown) { return thrown.getClass().getSimpleName() + ": " + thrown.getMessage(); }
}
