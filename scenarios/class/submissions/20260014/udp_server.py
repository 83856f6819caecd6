import socketserver


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        print("%s:%d" % self.client_address, data)
        sock.sendto(data, self.client_address)


with socketserver.UDPServer(("0.0.0.0", 5000), Handler) as server:
    print("listening on port 5000")
    server.serve_forever()
