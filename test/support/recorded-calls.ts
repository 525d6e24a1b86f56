import type { IncomingMessage, ServerResponse } from "node:http";
import type { RecordedCall } from "./far-side.ts";

/** Remembers what a fake was asked, and tells tests over HTTP, since they run in another process or runtime. */
export interface CallRecorder {
	/** Begins a record; it learns by itself whether the caller leaves early. */
	readonly record: (call: Omit<RecordedCall, "left" | "sentBytes">, response: ServerResponse) => void;
	/** Answers `/-/calls` and `/-/left`; false where the path is neither. */
	readonly answerTest: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** The part of a model's name after `~`, by which a test finds its own calls; the name itself where there is none. */
function tagOf(model: string): string {
	return model.split("~")[1] ?? model;
}

/** The part of a model's name that names the fake's behaviour. */
export function scenarioOf(model: string): string {
	return model.split("~")[0] ?? model;
}

/** A recorder with nothing in it. */
export function createCallRecorder(): CallRecorder {
	const calls: { -readonly [Field in keyof RecordedCall]: RecordedCall[Field] }[] = [];
	const waiting = new Set<() => void>();
	const callsTagged = (tag: string) => calls.filter((call) => tagOf(call.model) === tag);

	return {
		record(call, response) {
			const entry = {
				...call,
				left: false,
				get sentBytes() {
					return response.socket?.bytesWritten ?? 0;
				},
			};
			calls.push(entry);
			response.on("close", () => {
				entry.left = !response.writableFinished;
				for (const look of waiting) look();
			});
		},
		answerTest(request, response) {
			const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake");
			const tag = searchParams.get("tag") ?? "";
			const reply = (value: unknown) => {
				response.setHeader("content-type", "application/json");
				response.end(JSON.stringify(value));
			};
			if (pathname === "/-/calls") {
				reply(callsTagged(tag));
				return true;
			}
			if (pathname !== "/-/left") return false;
			const hasLeft = () => callsTagged(tag).some((call) => call.left);
			if (hasLeft()) {
				reply(true);
				return true;
			}
			const finish = (left: boolean) => {
				clearTimeout(timer);
				waiting.delete(look);
				reply(left);
			};
			const look = () => {
				if (hasLeft()) finish(true);
			};
			const timer = setTimeout(() => finish(false), Number(searchParams.get("ms")));
			waiting.add(look);
			return true;
		},
	};
}
