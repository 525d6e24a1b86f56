import { connect, type Socket } from "node:net";
import { createMessageCutter, type HttpMessage } from "./http-message.ts";
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
	/** Throws where any answer was not 200, or a connection failed. */
	readonly check: () => void;
	/** Ends it, and checks. */
	readonly stop: () => void;
}

const SAMPLED_EVERY = 20;
/** The runtime closes connections that are idle for five seconds. */
const MOST_IDLE_MS = 2_000;
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

	/** A place in the loop: one request under way, on the one or the other of its connections. */
	const openLane = async (): Promise<() => void> => {
		let sentAt = 0;
		let firstAt = Number.NaN;
		const onMessage = ({ head }: HttpMessage) => {
			if (head.startsWith("HTTP/1.1 200")) completed++;
			else fault ??= head;
			onAnswer?.take({ totalMs: performance.now() - sentAt, firstContentMs: firstAt - sentAt });
			if (!stopped) send();
		};
		const onBytes = (bytes: Buffer) => {
			if (onAnswer?.isStream === true && Number.isNaN(firstAt) && bytes.includes(FIRST_CONTENT_BYTES))
				firstAt = performance.now();
		};
		const main = connection(target.port, onBytes, onMessage);
		const sampled = target.sampledPort === undefined ? main : connection(target.sampledPort, onBytes, onMessage);
		await Promise.all([...new Set([main, sampled])].map((each) => each.open()));
		const send = () => {
			const request = target.requests[cursor.next % target.requests.length] as Buffer;
			const to = cursor.next % SAMPLED_EVERY === 0 ? sampled : main;
			cursor.next++;
			firstAt = Number.NaN;
			if (onAnswer !== undefined) sentAt = performance.now();
			to.write(request);
		};
		return send;
	};

	/** A connection that is opened anew where it was not used for so long that the server may close it. */
	const connection = (port: number, onBytes: (bytes: Buffer) => void, onMessage: (message: HttpMessage) => void) => {
		let socket: Socket | undefined;
		let isWaiting = false;
		let usedAt = 0;
		const open = (): Promise<void> => {
			const opened = connect({ port, host: "127.0.0.1", noDelay: true });
			socket?.destroy();
			socket = opened;
			sockets.push(opened);
			const cut = createMessageCutter(false, (message) => {
				isWaiting = false;
				usedAt = performance.now();
				onMessage(message);
			});
			opened.on("data", (bytes) => {
				onBytes(bytes);
				cut(bytes);
			});
			opened.on("error", (error) => (fault ??= error.message));
			opened.on("close", () => {
				if (!stopped && socket === opened && isWaiting) fault ??= "the server closed a connection";
			});
			usedAt = performance.now();
			return new Promise((resolve, reject) => opened.once("connect", resolve).once("error", reject));
		};
		return {
			open,
			write(request: Buffer) {
				// What is written before a connection is there is sent once it is.
				if (performance.now() - usedAt > MOST_IDLE_MS) open().catch(() => {});
				isWaiting = true;
				socket?.write(request);
			},
		};
	};

	const lanes = await Promise.all(Array.from({ length: connections }, openLane));
	for (const send of lanes) send();
	const check = () => {
		if (fault !== undefined) throw new Error(`The load met a failure: ${fault}`);
	};
	return {
		completed: () => completed,
		check,
		stop() {
			stopped = true;
			for (const socket of sockets) socket.destroy();
			check();
		},
	};
}
