import { once } from "node:events";
import { connect } from "node:net";
import { createMessageCutter } from "./http-message.ts";

/** One request on a connection of its own, and its answer. Throws where the server answers nothing. */
export async function exchange(
	port: number,
	request: Buffer,
): Promise<{ readonly head: string; readonly body: string }> {
	const socket = connect({ port, host: "127.0.0.1" });
	await once(socket, "connect");
	const answer = new Promise<{ head: string; body: string }>((resolve, reject) => {
		socket.on(
			"data",
			createMessageCutter(true, ({ head, body }) => resolve({ head, body: body.toString("utf8") })),
		);
		socket
			.once("error", reject)
			.once("close", () => reject(new Error("The server closed the connection without an answer.")));
	});
	socket.write(request);
	try {
		return await answer;
	} finally {
		socket.destroy();
	}
}

/** A request without a body. */
export function getRequest(path: string): Buffer {
	return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: bench.example\r\n\r\n`);
}

/** A request with a body of JSON. */
export function postRequest(path: string, headers: readonly string[], body: object): Buffer {
	const text = JSON.stringify(body);
	const lines = [
		`POST ${path} HTTP/1.1`,
		"host: bench.example",
		...headers,
		"content-type: application/json",
		`content-length: ${Buffer.byteLength(text)}`,
	];
	return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${text}`);
}
