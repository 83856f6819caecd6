# Text for whoever puts it into a page, a table, a test report or a build's log without care.
import socket

for text in ("</script><script>alert('output')</script>", "]]><testsuite/>", "::error::output%0A::warning::owned",
             "=HYPERLINK(\"http://192.0.2.1\")", "<img src=x onerror=alert(1)>", "| a | b |\n|---|---|"):
    print(text, flush=True)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 5000))
while True:
    _, peer = server.recvfrom(65535)
    server.sendto(b"</script><script>alert('echo')</script>]]>\n::error::echo%0A", peer)
