/* A custom runtime in C with nothing but libc: echoes events over one connection that is kept. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[8 << 20];
static int connection;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void send_all(const char *octets, size_t length) {
    while (length > 0) {
        ssize_t sent = write(connection, octets, length);
        if (sent <= 0) fail("write");
        octets += sent;
        length -= (size_t)sent;
    }
}

/* Read one response; return its body, whose length goes to *length. The head is ended by a NUL before it. */
static char *receive(size_t *length) {
    size_t have = 0;
    char *end;
    for (;;) {
        ssize_t got = read(connection, buffer + have, sizeof buffer - 1 - have);
        if (got <= 0) exit(0);
        have += (size_t)got;
        buffer[have] = 0;
        if ((end = strstr(buffer, "\r\n\r\n")) != NULL) break;
    }
    *end = 0;
    char *body = end + 4, *field = strcasestr(buffer, "\r\ncontent-length:");
    *length = field == NULL ? 0 : strtoul(field + 17, NULL, 10);
    while (have < (size_t)(body - buffer) + *length) {
        ssize_t got = read(connection, buffer + have, sizeof buffer - 1 - have);
        if (got <= 0) fail("read");
        have += (size_t)got;
    }
    return body;
}

int main(void) {
    char *address = strdup(getenv("AWS_LAMBDA_RUNTIME_API")), *port = strchr(address, ':'), head[512], id[64];
    *port++ = 0;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
    inet_pton(AF_INET, address, &to.sin_addr);
    connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&to, sizeof to) != 0) fail("connect");
    for (;;) {
        size_t length;
        const char *next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: runtime\r\n\r\n";
        send_all(next, strlen(next));
        char *event = receive(&length), *field = strcasestr(buffer, "\r\nlambda-runtime-aws-request-id:");
        if (field == NULL || sscanf(field + 32, " %63[^\r]", id) != 1) return 2;
        char *copy = malloc(length + 1);
        memcpy(copy, event, length);
        int written = snprintf(head, sizeof head,
                               "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: runtime\r\n"
                               "Content-Length: %zu\r\n\r\n",
                               id, length);
        send_all(head, (size_t)written);
        send_all(copy, length);
        free(copy);
        receive(&length);
    }
}
