"""Serves a folder with pyftpdlib: pyftpd.py FOLDER PASSWORD HOST PORT CERTIFICATE FALSE-ADDRESS. The last two may be empty."""

import logging
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

folder, password, host, port, certificate, false_address = sys.argv[1:]
logging.disable(logging.CRITICAL)


class Handler(TLS_FTPHandler if certificate else FTPHandler):
    authorizer = DummyAuthorizer()
    auth_failed_timeout = 0
    use_sendfile = False


Handler.authorizer.add_user("acme", password, folder, perm="elradfmwMT")
if certificate:
    Handler.certfile = certificate
    Handler.tls_control_required = Handler.tls_data_required = True
if false_address:
    Handler.masquerade_address = false_address
    Handler.proto_cmds = {name: what for name, what in Handler.proto_cmds.items() if name != "EPSV"}
FTPServer((host, int(port)), Handler).serve_forever()
