import { connect } from "node:net";
import { once } from "node:events";
import type { Scenario } from "./contenders.ts";
import { createMessageCutter } from "./http-message.ts";
import type { ServerProcess } from "./processes.ts";

/** Throws unless one request gets the answer, and makes the calls, that its figures will be said to be of. */
export async function verifyScenario(scenario: Scenario, server: ServerProcess, mock: ServerProcess): Promise<void> {
	const callsBefore = await callsOf(mock);
	const { head, body } = await exchange(server.port, scenario.request);
	const calls = (await callsOf(mock)) - callsBefore;
	const fail = (what: string) => {
		throw new Error(`${scenario.contender}, ${scenario.kind}: ${what}\n${head}\n${body.slice(0, 500)}`);
	};
	if (!head.startsWith("HTTP/1.1 200")) fail("the status is not 200");
	if (calls !== scenario.calls) fail(`made ${calls} calls, not ${scenario.calls}`);
	if (!body.includes(scenario.kind === "stream" ? "data: [DONE]" : '"chat.completion"'))
		fail("the answer is of another kind");
	if (scenario.contender === "ours") {
		const stage = /^x-cascade-stage: *(\S+)/imu.exec(head)?.[1];
		if (stage !== (scenario.kind === "accepted" ? "edge" : "origin")) fail(`the stage ${stage} answered`);
	}
}

async function callsOf(mock: ServerProcess): Promise<number> {
	const { body } = await exchange(mock.port, Buffer.from("GET /calls HTTP/1.1\r\nhost: mock\r\n\r\n"));
	return Number(body);
}

async function exchange(port: number, request: Buffer): Promise<{ readonly head: string; readonly body: string }> {
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
