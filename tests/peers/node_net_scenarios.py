"""What clients and application do to Node's net server (servers/node_net_server.js). These clients do not answer the server's FIN
unless the scenario says so."""
from scenarios import Suite

suite = Suite("net")
scenario = suite.scenario


def client_of(stage, **options):
    return stage.tcp(closes_after_fin=False, **options)


def command(stage, name, watch=0.05, **details):
    stage.command(name, **details)
    stage.run(watch)


@scenario("close_0conn")
def close_0conn(stage):
    stage.command("close")
    stage.watch(1)


@scenario("close_1conn")
def close_1conn(stage):
    client = client_of(stage)
    stage.settle()
    command(stage, "close", 0.3)
    client.fin()
    stage.watch(1.5)


@scenario("close_1conn_never_leaves")
def close_1conn_never_leaves(stage):
    client_of(stage)
    stage.settle()
    command(stage, "close", 3)


@scenario("close_twice")
def close_twice(stage):
    client = client_of(stage)
    stage.settle()
    command(stage, "close")
    command(stage, "close", 0.2)
    client.fin()
    stage.watch(1)


@scenario("close_twice_after_closed")
def close_twice_after_closed(stage):
    stage.command("close")
    stage.command("close")
    stage.watch(1)


@scenario("connect_during_close")
def connect_during_close(stage):
    client = client_of(stage, name="A")
    stage.settle()
    command(stage, "close", 0.1)
    try:
        client_of(stage, name="B")
        stage.recording.event("second connect accepted")
    except OSError as error:
        stage.recording.event("connect failed", err=str(error))
    client.fin()
    stage.watch(1)


@scenario("close_with_conn_in_backlog")
def close_with_conn_in_backlog(stage):
    """the event loop is blocked, so the connection waits in the kernel when close() is called"""
    stage.command("block", ms=400, thenClose=True)
    stage.run(2, lambda: stage.recording.has("event loop blocked"))
    client_of(stage).send("hi")
    stage.watch(1.5)


@scenario("close_in_connection_handler", mode="closeonconn")
def close_in_connection_handler(stage):
    client = client_of(stage)
    client.send("hi")
    stage.settle(0.2)
    client.fin()
    stage.watch(1)


@scenario("maxconn_0", maxConnections=0)
def maxconn_0(stage):
    client_of(stage)
    stage.run(0.5)


def fin_half_open(stage):
    client = client_of(stage)
    client.send("hi")
    stage.settle()
    client.fin()
    stage.settle(0.3)
    command(stage, "close", 0.5)


@scenario("fin_halfopen_false", opts={"allowHalfOpen": False})
def fin_halfopen_false(stage):
    fin_half_open(stage)


@scenario("fin_halfopen_true", opts={"allowHalfOpen": True})
def fin_halfopen_true(stage):
    fin_half_open(stage)
    command(stage, "write", 0.2)
    command(stage, "end", 0.5)


@scenario("fin_noread", mode="noread")
def fin_noread(stage):
    """data and FIN, which a server that never reads cannot see"""
    client = client_of(stage)
    client.send("hi")
    client.fin()
    stage.settle(0.2)
    command(stage, "close", 1.5)
    command(stage, "resume", 1)


@scenario("fin_noread_nodata", mode="noread")
def fin_noread_nodata(stage):
    client_of(stage).fin()
    stage.settle(0.2)
    command(stage, "close", 1.5)
    command(stage, "resume", 1)


@scenario("write_after_fin_halfopen_false", mode="writeonend")
def write_after_fin_halfopen_false(stage):
    client = client_of(stage)
    stage.settle()
    client.fin()
    stage.run(1.2)


@scenario("write_after_close_halfopen_true", mode="writeonend", opts={"allowHalfOpen": True})
def write_after_close_halfopen_true(stage):
    client = client_of(stage)
    stage.settle()
    client.close()
    stage.run(1.2)


@scenario("write_after_fin_noerrlistener", mode="writeonend", noErrListener=True)
def write_after_fin_noerrlistener(stage):
    write_after_fin_halfopen_false(stage)


@scenario("rst_idle")
def rst_idle(stage):
    client = client_of(stage)
    stage.settle()
    client.reset()
    stage.settle(0.2)
    command(stage, "close", 0.5)


@scenario("rst_noread", mode="noread")
def rst_noread(stage):
    """does a paused socket notice the reset?"""
    client = client_of(stage)
    client.send("hi")
    stage.settle(0.2)
    client.reset()
    stage.settle(0.2)
    command(stage, "close", 1.5)


@scenario("timeout_300", timeout=300)
def timeout_300(stage):
    client = client_of(stage)
    stage.run(1)
    client.send("hi")
    stage.run(0.5)
    command(stage, "close", 1)


@scenario("pauseonconnect", opts={"pauseOnConnect": True})
def pauseonconnect(stage):
    client = client_of(stage)
    client.send("hi")
    stage.settle(0.2)
    client.fin()
    stage.settle(0.2)
    command(stage, "close", 1)
    command(stage, "resume", 0.7)


def close_then(stage, name, **details):
    client_of(stage)
    stage.settle()
    command(stage, "close", 0.1)
    command(stage, name, 0.5, **details)


@scenario("destroy_noerr")
def destroy_noerr(stage):
    close_then(stage, "destroy")


@scenario("destroy_err")
def destroy_err(stage):
    close_then(stage, "destroy", err="boom")


@scenario("destroy_err_nolistener", noErrListener=True)
def destroy_err_nolistener(stage):
    close_then(stage, "destroy", err="boom")


@scenario("destroy_unread_data", mode="noread")
def destroy_unread_data(stage):
    """the kernel's receive queue is not empty when the socket goes: RST instead of FIN"""
    client_of(stage).send("x" * 300000)
    stage.settle(0.2)
    command(stage, "destroy", 0.5)


@scenario("reset_and_destroy")
def reset_and_destroy(stage):
    client_of(stage)
    stage.settle()
    command(stage, "reset", 0.5)


@scenario("end_client_no_fin", mode="endnow")
def end_client_no_fin(stage):
    """the server has ended and the client never does"""
    client = client_of(stage)
    stage.settle(0.2)
    command(stage, "close", 2)
    client.fin()
    stage.run(0.5)


def big_write_stalled(stage):
    client = client_of(stage, receive_buffer=8192)
    client.stop_reading()
    stage.settle(0.3)
    return client


@scenario("bigwrite_stalled_close", mode="bigwrite")
def bigwrite_stalled_close(stage):
    client = big_write_stalled(stage)
    command(stage, "close", 2)
    client.resume_reading()
    stage.run(2)
    client.fin()
    stage.run(0.5)


@scenario("bigwrite_stalled_rst", mode="bigwrite")
def bigwrite_stalled_rst(stage):
    client = big_write_stalled(stage)
    command(stage, "close", 0.5)
    client.reset()
    stage.watch(1)


@scenario("bigwrite_stalled_fin", mode="bigwrite")
def bigwrite_stalled_fin(stage):
    client = big_write_stalled(stage)
    client.fin()
    command(stage, "close", 2)


@scenario("unref_server")
def unref_server(stage):
    stage.command("unrefServer")
    stage.watch(0.5)


suite.from_here_on_new()

@scenario("close_2conn_leave_one_by_one")
def close_2conn_leave_one_by_one(stage):
    """close() waits for the slower of two clients"""
    first = client_of(stage, name="A")
    second = client_of(stage, name="B")
    stage.settle()
    command(stage, "close", 0.2)
    second.fin()
    stage.settle(0.2)
    first.fin()
    stage.watch(1)


@scenario("rst_while_closing")
def rst_while_closing(stage):
    """the last connection is reset after close()"""
    client = client_of(stage)
    stage.settle()
    command(stage, "close", 0.2)
    client.reset()
    stage.watch(1)


@scenario("end_then_fin_halfopen_true", opts={"allowHalfOpen": True})
def end_then_fin_halfopen_true(stage):
    """the application ends first, the client later, after close()"""
    client = client_of(stage)
    stage.settle()
    command(stage, "end", 0.2)
    command(stage, "close", 0.2)
    client.fin()
    stage.watch(1)


@scenario("echo_then_fin", mode="echo")
def echo_then_fin(stage):
    """what the client sent comes back, while the server closes"""
    client = client_of(stage)
    stage.settle()
    command(stage, "close", 0.1)
    client.send("hello")
    stage.settle(0.2)
    client.fin()
    stage.watch(1)


@scenario("destroy_soon_stalled", mode="bigwrite")
def destroy_soon_stalled(stage):
    """destroySoon() of a socket whose output nobody reads"""
    client = big_write_stalled(stage)
    command(stage, "close", 0.2)
    command(stage, "destroySoon", 1)
    client.resume_reading()
    stage.read_to_the_end(client, 2)


@scenario("maxconn_2_of_3", maxConnections=2)
def maxconn_2_of_3(stage):
    """the third connection is one too many"""
    clients = []
    for name in "ABC":
        clients.append(client_of(stage, name=name))
        stage.settle()
    command(stage, "close", 0.2)
    for client in clients[:2]:
        client.fin()
        stage.settle(0.2)
    stage.watch(1)


@scenario("timeout_while_closing", timeout=400)
def timeout_while_closing(stage):
    """'timeout' of an idle socket after close() closes nothing"""
    client_of(stage)
    stage.settle()
    command(stage, "close", 1.2)


@scenario("write_then_end_while_closing")
def write_then_end_while_closing(stage):
    """the application writes and ends after close(); the client answers the FIN"""
    stage.tcp()
    stage.settle()
    command(stage, "close", 0.1)
    command(stage, "write", 0.1)
    command(stage, "end", 0.1)
    stage.watch(1)


@scenario("write_to_reset_client")
def write_to_reset_client(stage):
    """the application writes to a socket whose client has gone by RST"""
    client = client_of(stage)
    stage.settle()
    client.reset()
    stage.settle(0.2)
    command(stage, "write", 0.3)
    command(stage, "close", 1)


@scenario("reset_and_destroy_while_closing")
def reset_and_destroy_while_closing(stage):
    client_of(stage)
    stage.settle()
    command(stage, "close", 0.1)
    command(stage, "reset", 0.5)


@scenario("end_twice_while_closing", opts={"allowHalfOpen": True})
def end_twice_while_closing(stage):
    """end() twice, then the client's FIN"""
    client = client_of(stage)
    stage.settle()
    command(stage, "close", 0.1)
    command(stage, "end", 0.1)
    command(stage, "end", 0.1)
    client.fin()
    stage.watch(1)


@scenario("pause_then_destroy", opts={"pauseOnConnect": True})
def pause_then_destroy(stage):
    """a paused socket with input is destroyed after close()"""
    client_of(stage).send("hi")
    stage.settle(0.2)
    command(stage, "close", 0.2)
    command(stage, "destroy", 0.5)


@scenario("client_closes_with_unread_output", mode="bigwrite")
def client_closes_with_unread_output(stage):
    """the client closes its socket while eight megabytes are on their way"""
    client = big_write_stalled(stage)
    command(stage, "close", 0.2)
    client.close()
    stage.watch(1)


@scenario("unref_all_with_connection")
def unref_all_with_connection(stage):
    """nothing that is referenced is left: the process ends with a connection open"""
    client_of(stage)
    stage.settle()
    stage.command("unrefAll")
    stage.watch(1)
