vcl 4.1;

# Varnish in front of Tessera: keeps public answers of GETs for as long as they say, and purges by tag (vmod xkey, from the
# package varnish-modules). Start it with `-p http_resp_hdr_len=16k -p http_resp_size=64k`: tags make long headers.
# Change the backend's address, and who may purge.

import std;
import xkey;

backend tessera {
    .host = "127.0.0.1";
    .port = "4000";
}

# Where something on this host ends TLS and does not pass on who asks (PROXY protocol), everybody is 127.0.0.1: change it then.
acl purgers {
    "127.0.0.1";
}

sub vcl_recv {
    # PURGE with `xkey-purge: pst_… Post`: whatever carries one of the tags is fetched anew.
    if (req.method == "PURGE") {
        if (client.ip !~ purgers) {
            return (synth(405, "Not allowed"));
        }
        return (synth(200, "Purged " + xkey.purge(req.http.xkey-purge)));
    }
    # Live updates: a WebSocket, or a stream of Server-Sent Events or of parts. Some clients name stream types for queries as well,
    # beside those for one result: a GET of theirs is a query, which may be in the cache.
    if (req.http.Upgrade ~ "(?i)websocket"
        || req.http.Accept ~ "(?i)subscriptionspec"
        || (req.http.Accept ~ "(?i)text/event-stream"
            && (req.method != "GET" || req.http.Accept !~ "(?i)application/(graphql-response\+)?json"))) {
        # What is passed stays in memory until its end, so streams are piped: every byte at once, nothing kept. HTTP/2 has no pipe.
        if (req.proto == "HTTP/2.0") {
            return (pass);
        }
        return (pipe);
    }
    if (req.method != "GET") {
        return (pass);
    }
    # Clients spell `Accept` in many ways; two of them mean something.
    if (req.http.Accept ~ "(?i)application/graphql-response\+json") {
        set req.http.Accept = "application/graphql-response+json";
    } else {
        set req.http.Accept = "application/json";
    }
    # Public answers are the same for everybody, so `Authorization` does not keep them from being looked up; but who may get
    # an answer of their own does not wait for others'.
    if (req.http.Authorization) {
        set req.hash_ignore_busy = true;
    }
    return (hash);
}

sub vcl_pipe {
    if (req.http.Upgrade) {
        set bereq.http.Upgrade = req.http.Upgrade;
        set bereq.http.Connection = "Upgrade";
    } else {
        # The connection's next request would be piped as well.
        set bereq.http.Connection = "close";
    }
    return (pipe);
}

sub vcl_backend_response {
    # The vmod reads only a header of this name.
    set beresp.http.xkey = beresp.http.Surrogate-Key;
    # What is fetched anew behind a stale answer must not replace it by an error.
    if (bereq.is_bgfetch && beresp.http.Cache-Control !~ "public") {
        return (abandon);
    }
    if (beresp.http.Cache-Control !~ "public") {
        # One viewer's, or an error: never kept. What is remembered is that nobody shall wait for another's answer here.
        set beresp.uncacheable = true;
        set beresp.ttl = 10s;
        set beresp.grace = 0s;
        return (deliver);
    }
    if (beresp.http.Cache-Control ~ "stale-while-revalidate=[0-9]+") {
        set beresp.grace = std.duration(
            regsub(beresp.http.Cache-Control, ".*stale-while-revalidate=([0-9]+).*", "\1") + "s", 30s);
    }
}

sub vcl_deliver {
    unset resp.http.xkey;
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
}
