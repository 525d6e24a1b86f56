import type { OriginScenario } from "./fake-origin.ts";
import { originScenarios } from "./origin-scenarios.ts";
import { sendJson } from "./send.ts";

/** How often each model, with its tag, has been asked. */
const asked = new Map<string, number>();

/** What an origin does at each of its calls; the last goes on. */
type Turn = (exchange: Parameters<OriginScenario>[0]) => void;

const well: Turn = (exchange) => originScenarios["plain"]?.(exchange);
const isStarting: Turn = ({ response }) => sendJson(response, { error: { message: "starting up" } }, 503);

/**
 * Origins that change or take their time, for each test's own tag: `fails-2` answers 503 twice and then well, `silent-once` answers
 * its second call, `late` answers after 150 ms. Undefined for other names.
 */
export function changingScenario(name: string): OriginScenario | undefined {
	const failures = /^fails-(\d+)$/u.exec(name)?.[1];
	if (failures !== undefined) return inTurn(...Array<Turn>(Number(failures)).fill(isStarting), well);
	if (name === "silent-once") return inTurn(() => {}, well);
	if (name === "late") return (exchange) => void setTimeout(() => well(exchange), 150);
	return undefined;
}

function inTurn(...turns: readonly Turn[]): OriginScenario {
	return (exchange) => {
		const before = asked.get(exchange.model) ?? 0;
		asked.set(exchange.model, before + 1);
		turns[Math.min(before, turns.length - 1)]?.(exchange);
	};
}
