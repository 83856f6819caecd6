import argparse
import asyncio


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
        print("listening on %s:%d" % transport.get_extra_info("sockname"))

    def datagram_received(self, data, peer):
        print(f"{peer[0]}:{peer[1]} -> {data.decode('utf-8', 'replace')}")
        self.transport.sendto(data, peer)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=5000)
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Echo, local_addr=("0.0.0.0", parser.parse_args().port))
    await asyncio.Event().wait()


asyncio.run(main())
