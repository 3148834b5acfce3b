// A mail server on loopback that takes everything, and a way to read what came.
import { createServer } from "node:net";

/** @param {string} text as in "=E2=80=93", with soft line ends */
function fromQuoted(text) {
  const bytes = [];
  const plain = text.replace(/=\r?\n/g, "");
  for (let at = 0; at < plain.length; at += 1) {
    const hex = plain[at] === "=" ? plain.slice(at + 1, at + 3) : "";
    if (/^[0-9A-F]{2}$/i.test(hex)) {
      bytes.push(parseInt(hex, 16));
      at += 2;
    } else bytes.push(plain.charCodeAt(at));
  }
  return Buffer.from(bytes).toString("utf8");
}

/** All text of a mail, whatever it is packed in. @param {string} raw */
function textOf(raw) {
  const [head, ...rest] = raw.split(/\r?\n\r?\n/);
  const body = rest.join("\n\n");
  const boundary = /boundary="?([^"\r\n;]+)"?/i.exec(head)?.[1];
  /** @type {string} */
  let text;
  if (boundary) text = body.split(`--${boundary}`).map((part) => (part.includes("\n") ? textOf(part.replace(/^\r?\n/, "")) : "")).join("\n");
  else if (/transfer-encoding:\s*base64/i.test(head)) text = Buffer.from(body, "base64").toString("utf8");
  else if (/transfer-encoding:\s*quoted-printable/i.test(head)) text = fromQuoted(body);
  else text = body;
  return text;
}

/** Opens the mailbox. */
export async function mailbox() {
  /** @type {{ to: string, text: string }[]} */
  const mails = [];
  const server = createServer((socket) => {
    let to = "";
    let inside = false;
    let kept = "";
    socket.setEncoding("latin1");
    socket.on("error", () => socket.destroy());
    socket.write("220 mailbox\r\n");
    socket.on("data", (part) => {
      kept += part;
      for (;;) {
        if (inside) {
          const end = kept.indexOf("\r\n.\r\n");
          if (end < 0) return;
          mails.push({ to, text: textOf(kept.slice(0, end).replace(/\r\n\.\./g, "\r\n.")) });
          kept = kept.slice(end + 5);
          inside = false;
          socket.write("250 taken\r\n");
          continue;
        }
        const end = kept.indexOf("\r\n");
        if (end < 0) return;
        const line = kept.slice(0, end);
        kept = kept.slice(end + 2);
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === "RCPT") to = /<([^>]*)>/.exec(line)?.[1] ?? "";
        inside = verb === "DATA";
        if (verb === "QUIT") socket.end("221 bye\r\n");
        else socket.write(inside ? "354 go on\r\n" : "250 mailbox\r\n");
      }
    });
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", () => resolve(undefined)); });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    /** Waits for a mail to somebody that says something. @param {string} to @param {RegExp} words @returns {Promise<string>} what the first group of `words` is */
    async find(to, words) {
      for (let i = 0; i < 150; i += 1) {
        for (const mail of mails) {
          const found = mail.to === to && words.exec(mail.text);
          if (found) return found[1];
        }
        await new Promise((resolve) => { setTimeout(resolve, 200); });
      }
      throw new Error(`no mail to ${to} says ${words}: ${mails.map((m) => `${m.to}: ${m.text.slice(0, 400)}`).join("\n")}`);
    },
    /** Waits for a mail to anybody that says something new. @param {RegExp} words @param {(found: string) => boolean} wanted @returns {Promise<string>} what the first group of `words` is */
    async next(words, wanted) {
      for (let i = 0; i < 150; i += 1) {
        for (const mail of mails) {
          const found = words.exec(mail.text);
          if (found && wanted(found[1])) return found[1];
        }
        await new Promise((resolve) => { setTimeout(resolve, 200); });
      }
      throw new Error(`no new mail says ${words}: ${mails.map((m) => m.to).join(", ")}`);
    },
    close: () => new Promise((resolve) => { server.close(() => resolve(undefined)); }),
  };
}
