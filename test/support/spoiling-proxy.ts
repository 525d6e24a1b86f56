import { createServer, request as begin, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a proxy does to one answer: never sends it, or ends its stream twice. */
type Spoiling = "loses" | "ends-twice";

/**
 * Stands between clients and a server, and spoils some answers: the first that is whole after so many others, by what is to be done
 * to it. What is sent to it is passed on as it is.
 */
export async function startSpoilingProxy(to: string, spoil: Readonly<Record<Spoiling, number>>) {
	const { hostname, port } = new URL(to);
	const left = new Map(Object.entries(spoil) as [Spoiling, number][]);
	const isDue = (what: Spoiling) => {
		const before = left.get(what);
		if (before === undefined) return false;
		left.set(what, before - 1);
		return before <= 0 && left.delete(what);
	};
	const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
		outgoing.writeHead(incoming.statusCode ?? 500, incoming.headers);
		let body = "";
		incoming.setEncoding("utf8").on("data", (text: string) => {
			body += text;
			outgoing.write(text);
		});
		incoming.on("error", () => outgoing.destroy());
		incoming.on("end", () => {
			if (body.endsWith("data: [DONE]\n\n") && isDue("ends-twice")) outgoing.write("data: [DONE]\n\n");
			outgoing.end();
		});
	};
	const server = createServer((incoming, outgoing) => {
		const { method, url, headers } = incoming;
		const onward = begin({ hostname, port, method, path: url, headers }, (answer) => {
			if (isDue("loses")) outgoing.destroy();
			else pass(answer, outgoing);
		});
		onward.on("error", () => outgoing.destroy());
		outgoing.on("close", () => onward.destroy());
		incoming.pipe(onward);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		stop: () => server.close().closeAllConnections(),
	};
}
