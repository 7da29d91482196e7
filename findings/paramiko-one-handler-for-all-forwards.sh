#!/usr/bin/env bash
# Two remote forwards, two handlers, and the second handler gets everything.
#
# request_port_forward takes a handler for the connections of the forward that it asks for,
# and one would expect each forward to keep its own. paramiko 5.1.0 has one place for it
# per connection to the server: the second request puts its handler in the place of the
# first, for both ports. cancel_port_forward of either empties the place, and the other
# port, on which the server still listens, is answered by nobody. With asyncssh 2.24.1,
# which is also the server here, each forward is on its own.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check paramiko==5.1.0 asyncssh==2.24.1
cat > forwards.py <<'PY'
import asyncio, socket
import asyncssh, paramiko

class Server(asyncssh.SSHServer):
    def begin_auth(self, username):
        return False
    def server_requested(self, listen_host, listen_port):
        return True

def read(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
        return s.recv(100).decode() or "nothing"

def with_paramiko(port):
    transport = paramiko.Transport(("127.0.0.1", port))
    transport.start_client()
    transport.auth_none("kim")
    def answer(word):
        def handler(channel, origin, server):
            channel.sendall(word)
            channel.close()
        return handler
    pages = transport.request_port_forward("127.0.0.1", 0, answer("of pages"))
    print("paramiko, one forward: pages say", read(pages))
    files = transport.request_port_forward("127.0.0.1", 0, answer("of files"))
    print("paramiko, two: pages say", read(pages), "- files say", read(files))
    transport.cancel_port_forward("127.0.0.1", files)
    print("paramiko, files given back: pages say", read(pages))
    transport.close()

async def with_asyncssh(port):
    async with asyncssh.connect("127.0.0.1", port, known_hosts=None, username="kim", config=None) as connection:
        def answer(word):
            def handler(reader, writer):
                writer.write(word)
                writer.close()
            return lambda host, port: handler
        pages = await connection.start_server(answer(b"of pages"), "127.0.0.1", 0)
        files = await connection.start_server(answer(b"of files"), "127.0.0.1", 0)
        ask = lambda forward: asyncio.to_thread(read, forward.get_port())
        print("asyncssh, two: pages say", await ask(pages), "- files say", await ask(files))
        files.close()
        await files.wait_closed()
        print("asyncssh, files given back: pages say", await ask(pages))

async def main():
    server = await asyncssh.listen("127.0.0.1", 0, server_factory=Server, server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")], config=None)
    await asyncio.to_thread(with_paramiko, server.get_port())
    await with_asyncssh(server.get_port())

asyncio.run(main())
PY
timeout 120 venv/bin/python forwards.py | tee seen
[ "$(cat seen)" = 'paramiko, one forward: pages say of pages
paramiko, two: pages say of files - files say of files
paramiko, files given back: pages say nothing
asyncssh, two: pages say of pages - files say of files
asyncssh, files given back: pages say of pages' ]
echo 'as found'
