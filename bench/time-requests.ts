import { connect } from "node:net";
import { createMessageCutter } from "./http-message.ts";

/**
 * Milliseconds of each of so many requests, one after the other on one connection with a pause after each answer; throws where
 * an answer is not 200.
 */
export async function timeRequests(
	port: number,
	request: Buffer,
	{ count, pauseMs }: { readonly count: number; readonly pauseMs: number },
): Promise<number[]> {
	const socket = connect({ port, host: "127.0.0.1", noDelay: true });
	const times: number[] = [];
	try {
		await new Promise<void>((resolve, reject) => {
			let sentAt = 0;
			const send = () => {
				sentAt = performance.now();
				socket.write(request);
			};
			const cut = createMessageCutter(false, ({ head }) => {
				times.push(performance.now() - sentAt);
				if (!head.startsWith("HTTP/1.1 200")) reject(new Error(`An answer was no answer: ${head}`));
				else if (times.length === count) resolve();
				else setTimeout(send, pauseMs);
			});
			socket.once("connect", send).on("data", cut).once("error", reject);
			socket.once("close", () => reject(new Error("The server closed the connection.")));
		});
	} finally {
		socket.destroy();
	}
	return times;
}
