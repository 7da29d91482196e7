"""An SSH server made with asyncssh that grants remote forwards.

Arguments: port, folder with host_key and authorized_keys.
"""
import asyncio
import sys

import asyncssh


class Server(asyncssh.SSHServer):
    def server_requested(self, listen_host, listen_port):
        return True

    def unix_server_requested(self, listen_path):
        return True


async def main():
    port, folder = int(sys.argv[1]), sys.argv[2]
    await asyncssh.create_server(
        Server, "127.0.0.1", port,
        server_host_keys=[folder + "/host_key"],
        authorized_client_keys=folder + "/authorized_keys")
    await asyncio.Event().wait()


asyncio.run(main())
