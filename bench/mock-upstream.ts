import { createServer } from "node:net";
import { createMessageCutter } from "./http-message.ts";
import { STREAMED_ANSWER, WHOLE_ANSWER } from "./mock-answer.ts";

// A process of its own: the edge model and the origin in one, with a fixed answer. Node's HTTP server would cost more
// than some of what is measured, so this writes its bytes by itself. Prints its port when it listens.

const whole = reply("application/json", WHOLE_ANSWER);
const streamed = reply("text/event-stream", STREAMED_ANSWER);
let calls = 0;

const server = createServer({ noDelay: true }, (socket) => {
	const cut = createMessageCutter(true, ({ head, body }) => {
		if (head.startsWith("GET ")) socket.write(reply("text/plain", String(calls)));
		else {
			calls++;
			// The client leaves no spaces in its JSON, nor does anyone on the way.
			socket.write(body.includes('"stream":true') ? streamed : whole);
		}
	});
	socket.on("data", cut);
	socket.on("error", () => socket.destroy());
});

server.listen(0, "127.0.0.1", () => {
	const address = server.address();
	if (address !== null && typeof address === "object") process.stdout.write(`${address.port}\n`);
});

function reply(type: string, body: string): Buffer {
	return Buffer.from(
		`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
	);
}
