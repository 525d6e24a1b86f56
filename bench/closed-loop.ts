import { connect, type Socket } from "node:net";
import { createMessageCutter } from "./http-message.ts";

/** A running load: each connection sends its next request when it has the answer to the last. */
export interface Load {
	/** Answers so far. */
	readonly completed: () => number;
	/** Ends it; throws where any answer was not 200. */
	readonly stop: () => void;
}

/** Opens the connections and begins. */
export async function startLoad(port: number, request: Buffer, connections: number): Promise<Load> {
	let completed = 0;
	let fault: string | undefined;
	let stopped = false;
	const open = async (): Promise<Socket> => {
		const socket = connect({ port, host: "127.0.0.1", noDelay: true });
		await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
		const cut = createMessageCutter(false, ({ head }) => {
			if (head.startsWith("HTTP/1.1 200")) completed++;
			else fault ??= head;
			if (!stopped) socket.write(request);
		});
		socket.on("data", cut);
		socket.on("error", (error) => (fault ??= error.message));
		socket.on("close", () => {
			if (!stopped) fault ??= "the server closed a connection";
		});
		return socket;
	};
	const sockets = await Promise.all(Array.from({ length: connections }, open));
	for (const socket of sockets) socket.write(request);
	return {
		completed: () => completed,
		stop() {
			stopped = true;
			for (const socket of sockets) socket.destroy();
			if (fault !== undefined) throw new Error(`The load met a failure: ${fault}`);
		},
	};
}
