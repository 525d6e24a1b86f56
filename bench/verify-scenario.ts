import { setTimeout as wait } from "node:timers/promises";
import { SAMPLED, TAIL } from "./contenders.ts";
import { exchange, getRequest } from "./http-exchange.ts";
import { callsOf, messagesOf } from "./mock-counts.ts";
import type { ServerProcess } from "./processes.ts";
import { callsPerRequest, isStream, OURS, requestOf, scenarioOf, type Scenario } from "./scenarios.ts";

/** An audit is one call more, after its answer. */
const AUDIT_MS = 300;

/** Throws unless one request gets the answer, and makes the calls, that its figures will be said to be of. */
export async function verifyScenario(scenario: Scenario, server: ServerProcess, mock: ServerProcess): Promise<void> {
	const { contender, kind } = scenario;
	const callsBefore = await callsOf(mock);
	const { head, body } = await exchange(server.port, requestOf(scenario, mock.port));
	if (contender === "every feature on") await wait(AUDIT_MS);
	const calls = (await callsOf(mock)) - callsBefore;
	const expect = (isSo: boolean, what: string) => {
		if (!isSo) throw new Error(`${contender}, ${kind}: ${what}\n${head}\n${body.slice(0, 500)}`);
	};
	expect(head.startsWith("HTTP/1.1 200"), "the status is not 200");
	const most = callsPerRequest(kind) + (contender === "every feature on" ? 1 : 0);
	expect(calls >= callsPerRequest(kind) && calls <= most, `made ${calls} calls, not ${callsPerRequest(kind)}`);
	expect(body.includes(isStream(kind) ? "data: [DONE]" : '"chat.completion"'), "the answer is of another kind");
	if (!OURS.includes(contender)) return;
	const stage = /^x-cascade-stage: *(\S+)/imu.exec(head)?.[1];
	expect(stage === (kind === "accepted" ? "edge" : "origin"), `the stage ${stage} answered`);
	const source = /^x-cascade-threshold-source: *(\S+)/imu.exec(head)?.[1];
	const certified = contender === "every feature on" && kind !== "stream";
	expect((source === "certified") === certified, `the threshold is ${source}`);
}

/** Messages of one second are gathered before they are sent. */
const GATHERING_MS = 1_600;

/** Throws unless a request to "every feature on" leads to messages for the queue, and one that is sampled to spans. */
export async function verifyFeatures(server: ServerProcess, mock: ServerProcess): Promise<void> {
	const tail = server.ports.get(TAIL) ?? 0;
	const spansOf = async () => Number((await exchange(tail, getRequest("/"))).body);
	const [messages, spans] = [await messagesOf(mock), await spansOf()];
	const request = requestOf(scenarioOf("accepted", "every feature on"), mock.port);
	await exchange(server.ports.get(SAMPLED) ?? 0, request);
	await exchange(server.port, request);
	await wait(GATHERING_MS);
	if ((await messagesOf(mock)) === messages) throw new Error("Every feature is on, and the queue had no message.");
	if ((await spansOf()) === spans) throw new Error("Every feature is on, and nothing was traced.");
}
