import { connect } from "node:net";
import { inject } from "vitest";

/** What a server said to bytes that no HTTP library would send. */
export interface RawReply {
	/** 0 where the connection was closed without an answer. */
	readonly status: number;
	/** As they came, in lower case. */
	readonly headers: ReadonlyMap<string, string>;
	readonly body: string;
	/** Bytes that the server, or a buffer on the way, took before the answer was there. */
	readonly sentBytes: number;
}

const TIMEOUT_MS = 15_000;

/**
 * Sends a head and a body to the running stack over a connection of its own. Of the body so much is sent as is taken
 * before the answer begins. Whatever comes back is the answer.
 */
export async function sendRaw(head: readonly string[], body: Iterable<Uint8Array | string> = []): Promise<RawReply> {
	const { hostname, port } = new URL(inject("stackUrl"));
	const socket = connect({ host: hostname, port: Number(port), noDelay: true });
	const received: Buffer[] = [];
	let isOver = false;
	let sentBytes = 0;
	const over = new Promise<void>((resolve) => {
		const end = () => {
			isOver = true;
			resolve();
		};
		socket.on("data", (bytes) => {
			received.push(bytes);
			if (isWhole(Buffer.concat(received).toString("latin1"))) end();
		});
		socket.on("end", end);
		socket.on("close", end);
		socket.on("error", end);
		setTimeout(end, TIMEOUT_MS).unref();
	});
	const write = async (bytes: Uint8Array) => {
		sentBytes += bytes.byteLength;
		if (!socket.write(bytes)) await Promise.race([over, new Promise((resolve) => socket.once("drain", resolve))]);
	};
	await write(Buffer.from(`${[...head, "host: edge.example", "connection: close"].join("\r\n")}\r\n\r\n`, "latin1"));
	for (const part of body) {
		// Lets the answer come in between two parts.
		await new Promise((resolve) => setImmediate(resolve));
		if (isOver || received.length > 0) break;
		await write(typeof part === "string" ? Buffer.from(part, "latin1") : part);
	}
	await over;
	socket.destroy();
	return { ...parse(Buffer.concat(received).toString("utf8")), sentBytes };
}

function isWhole(text: string): boolean {
	const end = text.indexOf("\r\n\r\n");
	if (end === -1) return false;
	const length = /^content-length: *(\d+)/imu.exec(text.slice(0, end))?.[1];
	if (length !== undefined) return text.length - end - 4 >= Number(length);
	return /^transfer-encoding: *chunked/imu.test(text.slice(0, end)) && text.endsWith("0\r\n\r\n");
}

function parse(text: string): Omit<RawReply, "sentBytes"> {
	const [head = "", ...rest] = text.split("\r\n\r\n");
	const [first = "", ...lines] = head.split("\r\n");
	const headers = new Map(
		lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
	);
	return { status: Number(/^HTTP\/1\.1 (\d{3})/u.exec(first)?.[1] ?? 0), headers, body: rest.join("\r\n\r\n") };
}
