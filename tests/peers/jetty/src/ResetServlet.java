import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Serves each path in a fixed way and logs everything the container tells it. A path is a list of words, "/wait-committed":
 *
 *   sync       answers in the dispatch: the first part at once (not with "uncommitted"), the rest late
 *   wait, read, wl, bidi   go asynchronous: without I/O listeners, with a ReadListener, with a WriteListener, with both
 *   committed  flushes the first part of the response before it waits ("wl" and "bidi" always do)
 *   slow       calls startAsync() only at the first go(), and commits before that
 *   held       does not return from service() before the first go()
 *   whole      for the client: the body of the request ends
 *   quiet      registers no AsyncListener
 *   timeout    has an asynchronous timeout of 500 ms; all others have none
 *   ends       an AsyncListener that answers onError and onTimeout with complete()
 *
 * What comes late is done in two parts, each at its go(): write and flush, and then complete.
 */
final class ResetServlet extends HttpServlet {
    private final Semaphore turns = new Semaphore(0);

    void go() { turns.release(); }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        turns.drainPermits();
        Log.event("request " + request.getRequestURI());
        List<String> words = List.of(request.getRequestURI().substring(1).split("-"));
        if (words.contains("sync")) {
            serveInDispatch(words, response);
        } else {
            serveLater(words, request, response);
        }
    }

    private void serveInDispatch(List<String> words, HttpServletResponse response) throws IOException {
        if (!words.contains("uncommitted")) commit(response);
        await();
        Log.event("handler writes again");
        try {
            response.getOutputStream().print("second");
            response.flushBuffer();
            Log.event("second write ok");
        } catch (IOException e) {
            Log.event("second write threw " + Log.describe(e));
        }
    }

    private void serveLater(List<String> words, HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean commits = words.contains("committed");
        if (words.contains("slow")) {
            if (commits) commit(response);
            await();
            Log.event("handler starts async");
            commits = false;
        }
        AsyncContext context = request.startAsync();
        context.setTimeout(words.contains("timeout") ? 500 : 0);
        if (!words.contains("quiet")) context.addListener(new Listener(words.contains("ends")));
        ServletInputStream in = request.getInputStream();
        ServletOutputStream out = response.getOutputStream();
        if (commits) commit(response);
        if (words.contains("read") || words.contains("bidi")) in.setReadListener(new Reader(in));
        boolean asks = words.contains("wl") || words.contains("bidi");
        if (asks) out.setWriteListener(new Writer(out));
        if (words.contains("held")) {
            await();
            Log.event("handler returns");
        }
        new Thread(() -> {
            await();
            Log.event("timer: isReady/print");
            writeLate(out, asks);
            await();
            try {
                context.complete();
                Log.event("complete ok");
            } catch (RuntimeException e) {
                Log.event("complete threw " + Log.describe(e));
            }
        }).start();
    }

    /** With a WriteListener every write and every flush has to be allowed by isReady() first. */
    private static void writeLate(ServletOutputStream out, boolean asks) {
        try {
            if (asks && !isReady(out)) return;
            out.print("late");
            Log.event("print ok");
        } catch (IOException | RuntimeException e) {
            Log.event("print threw " + Log.describe(e));
            return;
        }
        try {
            if (asks && !isReady(out)) return;
            out.flush();
            Log.event("flush ok");
        } catch (IOException | RuntimeException e) {
            Log.event("flush threw " + Log.describe(e));
        }
    }

    private static boolean isReady(ServletOutputStream out) {
        boolean ready = out.isReady();
        Log.event("isReady=" + ready);
        return ready;
    }

    private static void commit(HttpServletResponse response) throws IOException {
        response.getOutputStream().print("first");
        response.flushBuffer();
        Log.event("committed");
    }

    private void await() {
        turns.acquireUninterruptibly();
    }

    private record Listener(boolean ends) implements AsyncListener {
        @Override public void onStartAsync(AsyncEvent event) { Log.event("AsyncListener.onStartAsync"); }
        @Override public void onComplete(AsyncEvent event) { Log.event("AsyncListener.onComplete"); }
        @Override public void onTimeout(AsyncEvent event) {
            Log.event("AsyncListener.onTimeout");
            if (ends) event.getAsyncContext().complete();
        }
        @Override public void onError(AsyncEvent event) {
            Log.event("AsyncListener.onError " + Log.describe(event.getThrowable()));
            if (ends) event.getAsyncContext().complete();
        }
    }

    private record Reader(ServletInputStream in) implements ReadListener {
        @Override public void onDataAvailable() throws IOException {
            byte[] buffer = new byte[4096];
            while (in.isReady() && !in.isFinished()) {
                int count = in.read(buffer);
                Log.event("onDataAvailable read " + count);
                if (count < 0) return;
            }
        }
        @Override public void onAllDataRead() { Log.event("ReadListener.onAllDataRead"); }
        @Override public void onError(Throwable thrown) { Log.event("ReadListener.onError " + Log.describe(thrown)); }
    }

    private static final class Writer implements WriteListener {
        private final ServletOutputStream out;
        private boolean started;

        Writer(ServletOutputStream out) { this.out = out; }

        @Override public void onWritePossible() throws IOException {
            if (started) {
                Log.event("onWritePossible");
                return;
            }
            started = true;
            out.print("first");
            if (out.isReady()) out.flush();
            Log.event("onWritePossible wrote");
        }
        @Override public void onError(Throwable thrown) { Log.event("WriteListener.onError " + Log.describe(thrown)); }
    }
}
