import { connect, type Socket } from "node:net";
import { createMessageCutter } from "./http-message.ts";
import { FIRST_CONTENT } from "./mock-answer.ts";

/** What is asked, and where. */
export interface LoadTarget {
	readonly port: number;
	/** Where one request in twenty goes, the same Worker with its requests traced: tracing's usual share. */
	readonly sampledPort?: number | undefined;
	/** Sent in turn. */
	readonly requests: readonly Buffer[];
	/** Where in that turn the next load goes on; absent: it begins with the first. */
	readonly cursor?: { next: number };
}

/** One answer as the client saw it. */
export interface AnswerTimes {
	readonly totalMs: number;
	/** To the first chunk with content; NaN where it was not looked for. */
	readonly firstContentMs: number;
}

/** A running load: each connection sends its next request when it has the answer to the last. */
export interface Load {
	/** Answers so far. */
	readonly completed: () => number;
	/** Ends it; throws where any answer was not 200. */
	readonly stop: () => void;
}

const SAMPLED_EVERY = 20;
const FIRST_CONTENT_BYTES = Buffer.from(FIRST_CONTENT);

/** Opens the connections and begins. `onAnswer`, where it is given, has answers timed. */
export async function startLoad(
	target: LoadTarget,
	connections: number,
	onAnswer?: { readonly isStream: boolean; readonly take: (times: AnswerTimes) => void },
): Promise<Load> {
	let completed = 0;
	let fault: string | undefined;
	let stopped = false;
	const sockets: Socket[] = [];
	const cursor = target.cursor ?? { next: 0 };

	/** A place in the loop: one request under way, on the one or the other of its two connections. */
	const openLane = async (): Promise<() => void> => {
		let sentAt = 0;
		let firstAt = Number.NaN;
		const open = (port: number) => {
			const cut = createMessageCutter(false, ({ head }) => {
				if (head.startsWith("HTTP/1.1 200")) completed++;
				else fault ??= head;
				onAnswer?.take({ totalMs: performance.now() - sentAt, firstContentMs: firstAt - sentAt });
				if (!stopped) send();
			});
			return openSocket(port, (bytes) => {
				if (onAnswer?.isStream === true && Number.isNaN(firstAt) && bytes.includes(FIRST_CONTENT_BYTES))
					firstAt = performance.now();
				cut(bytes);
			});
		};
		const main = await open(target.port);
		const sampled = target.sampledPort === undefined ? main : await open(target.sampledPort);
		const send = () => {
			const request = target.requests[cursor.next % target.requests.length] as Buffer;
			const socket = cursor.next % SAMPLED_EVERY === 0 ? sampled : main;
			cursor.next++;
			firstAt = Number.NaN;
			if (onAnswer !== undefined) sentAt = performance.now();
			socket.write(request);
		};
		return send;
	};
	const openSocket = async (port: number, onData: (bytes: Buffer) => void): Promise<Socket> => {
		const socket = connect({ port, host: "127.0.0.1", noDelay: true });
		await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
		sockets.push(socket);
		socket.on("data", onData);
		socket.on("error", (error) => (fault ??= error.message));
		socket.on("close", () => {
			if (!stopped) fault ??= "the server closed a connection";
		});
		return socket;
	};

	const lanes = await Promise.all(Array.from({ length: connections }, openLane));
	for (const send of lanes) send();
	return {
		completed: () => completed,
		stop() {
			stopped = true;
			for (const socket of sockets) socket.destroy();
			if (fault !== undefined) throw new Error(`The load met a failure: ${fault}`);
		},
	};
}
