#!/usr/bin/env bash
# One line for a certificate authority makes known_hosts unreadable.
#
# known_hosts may hold lines that begin with a marker, @cert-authority for one (sshd(8));
# a reader without host certificates would be expected to pass over them, as paramiko
# does with keys of a kind that it does not know. paramiko 5.1.0 takes the kind of the key
# for the key, cannot decode it and raises InvalidHostKey from load_host_keys: no
# SSHException, and the lines after it are not read. asyncssh 2.24.1 reads the file.
# Where paramiko reads the file, saving it with one host more drops all remarks.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check paramiko==5.1.0 asyncssh==2.24.1
cat > read.py <<'PY'
import asyncssh, paramiko

key = asyncssh.generate_private_key("ssh-ed25519")
public = key.export_public_key().decode().strip()
key.write_private_key("key")
plain = f"# of the office\none.example.com {public} printer\n"
for name, text in (("plain", plain), ("authority", f"{plain}@cert-authority *.example.net {public}\n")):
    open(name, "w").write(text)
    print(name, "asyncssh:", len(asyncssh.read_known_hosts(name).match("one.example.com", "", None)[0]))
    client = paramiko.SSHClient()
    try:
        client.load_host_keys(name)
        print(name, "paramiko:", len(client.get_host_keys().lookup("one.example.com")))
    except Exception as error:
        print(name, "paramiko:", type(error).__name__, isinstance(error, paramiko.SSHException))

keys = paramiko.HostKeys("plain")
keys.add("two.example.com", "ssh-ed25519", paramiko.Ed25519Key.from_private_key_file("key"))
keys.save("plain")
print(open("plain").read().replace(public, "KEY"), end="")
PY
venv/bin/python -W ignore read.py | tee seen
diff - seen <<'WANT'
plain asyncssh: 1
plain paramiko: 1
authority asyncssh: 1
authority paramiko: InvalidHostKey False
one.example.com KEY
two.example.com KEY
WANT
echo 'as found'
