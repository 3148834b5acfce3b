"""The network of the appliance test: a name server on port 53 that knows mail.clinic.test alone, and the
mail server of that name on port 2525. Both on loopback, in a network of the test's own.

    names.py LOG     writes every name that it is asked for
"""

import socketserver
import struct
import sys
import threading

NAME = "mail.clinic.test"
A, NO_SUCH_NAME = 1, 3


class Names(socketserver.BaseRequestHandler):
    def handle(self):
        asked, line = self.request
        labels, at = [], 12
        while asked[at]:
            labels.append(asked[at + 1 : at + 1 + asked[at]].decode())
            at += 1 + asked[at]
        name, kind = ".".join(labels).lower(), struct.unpack("!H", asked[at + 1 : at + 3])[0]
        with open(sys.argv[1], "a") as log:
            print(name, kind, file=log)
        answers = [b"\xc0\x0c" + struct.pack("!HHIH4B", A, 1, 60, 4, 127, 0, 0, 1)] if (name, kind) == (NAME, A) else []
        code = 0 if name == NAME else NO_SUCH_NAME
        head = asked[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(answers), 0, 0)
        line.sendto(head + asked[12 : at + 5] + b"".join(answers), self.client_address)


class Mail(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mail.clinic.test")
        letter = False
        for line in self.rfile:
            word = line.strip().upper()
            if letter:
                letter = word != b"."
                if not letter:
                    self.say("250 taken")
            elif word == b"DATA":
                letter = True
                self.say("354 go on")
            elif word == b"QUIT":
                return self.say("221 bye")
            else:
                self.say("250 well")

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


threading.Thread(target=Server(("127.0.0.1", 2525), Mail).serve_forever, daemon=True).start()
socketserver.UDPServer(("127.0.0.1", 53), Names).serve_forever()
