import { createServer, type Socket } from "node:net";
import { createMessageCutter, type HttpMessage } from "./http-message.ts";
import { STREAM_CHUNKS, WHOLE_ANSWER } from "./mock-answer.ts";
import { CHUNK_PAUSE_MS, PAUSED_CHUNKS, UPSTREAM_MS, WAITING } from "./mock-behaviour.ts";

// A process of its own: the edge model, the origin and the queue in one, with fixed answers. Node's HTTP server would cost more
// than some of what is measured, so this writes its bytes by itself. Prints its port when it listens. What a prompt says of the
// mock (`mock-behaviour.ts`) decides when the bytes go out, so one process serves every measurement.

const whole = reply("application/json", WHOLE_ANSWER);
/** What a queue says to its producer. */
const queued = reply("application/json", '{"metadata":{"metrics":{"backlogCount":0,"backlogBytes":0}}}');
const streamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const LAST_CHUNK = "0\r\n\r\n";
const framed = STREAM_CHUNKS.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`);
const streamAtOnce = Buffer.from(`${streamHead}${framed.join("")}${LAST_CHUNK}`);
/** The bytes of each write of a stream whose chunks come one by one. */
const streamWrites = [`${streamHead}${framed[0]}`, ...framed.slice(1, -1), `${framed.at(-1)}${LAST_CHUNK}`].map(
	(text) => Buffer.from(text),
);
let calls = 0;
let messages = 0;

const server = createServer({ noDelay: true }, (socket) => {
	socket.on(
		"data",
		createMessageCutter(true, (message) => answer(socket, message)),
	);
	socket.on("error", () => socket.destroy());
});

server.listen(0, "127.0.0.1", () => {
	const address = server.address();
	if (address !== null && typeof address === "object") process.stdout.write(`${address.port}\n`);
});

function answer(socket: Socket, { head, body }: HttpMessage): void {
	if (head.startsWith("GET /calls ")) socket.write(reply("text/plain", String(calls)));
	else if (head.startsWith("GET /messages ")) socket.write(reply("text/plain", String(messages)));
	else if (head.startsWith("POST /message ") || head.startsWith("POST /batch ")) {
		messages++;
		socket.write(queued);
	} else {
		calls++;
		if (body.includes(WAITING)) setTimeout(() => answerCall(socket, body), UPSTREAM_MS);
		else answerCall(socket, body);
	}
}

function answerCall(socket: Socket, body: Buffer): void {
	// The client leaves no spaces in its JSON, nor does anyone on the way.
	if (!body.includes('"stream":true')) socket.write(whole);
	else if (body.includes(PAUSED_CHUNKS)) writeOneByOne(socket);
	else socket.write(streamAtOnce);
}

function writeOneByOne(socket: Socket): void {
	let next = 0;
	const write = () => {
		const bytes = streamWrites[next++];
		if (bytes === undefined || socket.destroyed) clearInterval(timer);
		else socket.write(bytes);
	};
	const timer = setInterval(write, CHUNK_PAUSE_MS);
	write();
}

function reply(type: string, body: string): Buffer {
	return Buffer.from(
		`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
	);
}
