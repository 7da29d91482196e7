#!/usr/bin/env bash
# Whoever refuses is told that the login is complete.
#
# InstalledAppFlow.run_local_server opens the browser, waits for it on a port of its own and
# answers it with a page. One would expect that page to say how it went, and requests for
# anything else to be passed over. google-auth-oauthlib 1.5.0 answers the first request that
# comes with "The authentication flow has completed", whatever it is, before it looks at it
# and closes the port: a person who pressed Cancel reads so, and if a browser asks for an
# icon first, the login fails over a state that is not there while the page says the same.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check google-auth-oauthlib==1.5.0 oauthlib==4.0.1
cat > login.py <<'PY'
import http.server, json, os, threading, urllib.parse, urllib.request, webbrowser
from google_auth_oauthlib.flow import InstalledAppFlow

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the server below has no certificate

class Tokens(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"access_token": "access", "token_type": "Bearer", "expires_in": 3600}).encode())
    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Tokens)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"

# A browser whose person presses a button, and that asks for the paths given.
class Browser(webbrowser.BaseBrowser):
    def open(self, address, *args, **kwargs):
        asked = {name: values[0] for name, values in urllib.parse.parse_qs(urllib.parse.urlsplit(address).query).items()}
        threading.Thread(target=self.visit, args=(asked["redirect_uri"], asked["state"])).start()
        return True
    def visit(self, home, state):
        self.page = urllib.request.urlopen(home + self.path + state).read().decode().split(".")[0]
        self.done.set()

for name, path in {"allowed": "?code=code&state=", "refused": "?error=access_denied&state=", "icon first": "favicon.ico?"}.items():
    browser = Browser()
    browser.path, browser.done = path, threading.Event()
    webbrowser.register(name, None, browser, preferred=True)
    flow = InstalledAppFlow.from_client_config({"installed": {"client_id": "id", "client_secret": "secret", "auth_uri": url, "token_uri": url}}, ["openid"])
    try:
        outcome = flow.run_local_server(port=0, browser=name, authorization_prompt_message=None).token
    except Exception as error:
        outcome = type(error).__name__
    browser.done.wait(20)
    print(f"{name}: page: {browser.page!r}, program: {outcome}")
PY
timeout 60 venv/bin/python login.py 2>log | tee seen
[ "$(cat seen)" = "allowed: page: 'The authentication flow has completed', program: access
refused: page: 'The authentication flow has completed', program: AccessDeniedError
icon first: page: 'The authentication flow has completed', program: MismatchingStateError" ]
echo 'as found'
