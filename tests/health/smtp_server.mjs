// A mail server for the tests, run by Node: under Deno its STARTTLS never ends.
// node smtp_server.mjs CERT KEY MODE(starttls|tls|none) USER PASSWORD
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { SMTPServer } = createRequire(`${process.cwd()}/`)("smtp-server");
const [cert, key, mode, user, password] = process.argv.slice(2);
const tell = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const server = new SMTPServer({
  secure: mode === "tls",
  cert: readFileSync(cert),
  key: readFileSync(key),
  disabledCommands: mode === "none" ? ["STARTTLS"] : [],
  authOptional: user === "",
  onAuth: (auth, session, done) => {
    const isKnown = auth.username === user && auth.password === password;
    tell({ auth: auth.username, secure: session.secure, isKnown });
    done(isKnown ? null : new Error(`Invalid user or password ${auth.password}`), { user });
  },
  onRcptTo: ({ address }, _session, done) =>
    done(address.startsWith("nobody@") ? new Error("no such mailbox") : null),
  onData: (stream, session, done) => {
    let text = "";
    stream.setEncoding("utf8");
    stream.on("data", (part) => text += part);
    stream.on("end", () => {
      tell({
        to: session.envelope.rcptTo.map(({ address }) => address),
        secure: session.secure,
        text,
      });
      done();
    });
  },
});
server.on("error", (error) => tell({ error: error.message }));
server.listen(0, "127.0.0.1", () => tell({ port: server.server.address().port }));
