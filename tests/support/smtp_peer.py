"""A mail server for tests: real SMTP over real sockets, by Debian's aiosmtpd.

It listens on 127.0.0.1, prints its port, writes every mail whose text it has read to a log, one
JSON object a line, and ends when its standard input closes. What it does is decided by the first
part of the recipient:

  refuse…       550 at RCPT
  later…        451 at RCPT
  hang…         no answer to RCPT
  full…         452 after the text
  spam…         554 after the text
  drop-middle…  the connection breaks in the middle of the text
  drop-end…     the text is read and kept, then the connection breaks without an answer
  slow…         takes the text, and answers after a second
"""

import argparse
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("--log", required=True)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--login", help="name:password, then required")
parser.add_argument("--tls", choices=["starttls", "implicit"])
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--mute", action="store_true", help="never greet")
parser.add_argument("--refuse-sender", action="store_true")
options = parser.parse_args()


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if options.refuse_sender:
            return "553 5.7.1 You may not send from this address"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 2.1.0 Sender ok"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("refuse"):
            return "550 5.1.1 No such user here"
        if address.startswith("later"):
            return "451 4.7.1 Greylisted, come back later"
        if address.startswith("hang"):
            await asyncio.sleep(600)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient ok"

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        if to.startswith("full"):
            return "452 4.2.2 Mailbox full"
        if to.startswith("spam"):
            return "554 5.7.1 We do not like this"
        with open(options.log, "a", encoding="utf-8") as log:
            mail = {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "text": envelope.content.decode("utf-8", "surrogateescape"),
                "tls": session.ssl is not None or options.tls == "implicit",
                "login": bool(session.authenticated),
            }
            log.write(json.dumps(mail) + "\n")
        if to.startswith("drop-end"):
            server.transport.abort()
            await asyncio.sleep(600)
        if to.startswith("slow"):
            await asyncio.sleep(1)
        return "250 2.0.0 Taken as 4711"


class Peer(SMTP):
    async def smtp_DATA(self, arg):
        to = self.envelope.rcpt_tos
        if to and to[0].startswith("drop-middle"):
            await self.push("354 Go on")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class Mute(asyncio.Protocol):
    pass


def authenticate(server, session, envelope, mechanism, data):
    name, password = options.login.split(":", 1)
    good = data.login == name.encode() and data.password == password.encode()
    return AuthResult(success=good, handled=False)


def peer(context):
    if options.mute:
        return Mute()
    return Peer(
        Handler(),
        hostname="peer.test",
        enable_SMTPUTF8=True,
        tls_context=context if options.tls == "starttls" else None,
        require_starttls=options.tls == "starttls",
        auth_required=options.login is not None,
        auth_require_tls=False,
        authenticator=authenticate if options.login else None,
    )


async def main():
    loop = asyncio.get_running_loop()
    context = None
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
    server = await loop.create_server(
        lambda: peer(context),
        "127.0.0.1",
        options.port,
        ssl=context if options.tls == "implicit" else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
