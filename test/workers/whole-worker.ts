import { createControlPlane } from "../../src/control-worker.ts";
import type { UncheckedControlBindings } from "../../src/control-bindings.ts";
import type { UncheckedBindings } from "../../src/bindings.ts";
import { createWorker as createInferenceWorker } from "../../src/worker.ts";

/** The bindings of both Workers. */
export type WholeBindings = UncheckedBindings & UncheckedControlBindings;

/**
 * Both Workers as production composes them, in one isolate, where tests can look into every object and put anything in a binding's
 * place. That they find each other as two is what the end-to-end tests see, whose stack runs two.
 */
export function createWorker() {
	const inference = createInferenceWorker();
	const control = createControlPlane();
	return {
		fetch(request: Request, bindings: WholeBindings, context: ExecutionContext): Response | Promise<Response> {
			const toControl: UncheckedBindings["CONTROL"] = {
				answer: (passedOn, deployment) => control.answer(passedOn, { bindings, deployment }),
			};
			// Bindings are the same object with every request, since what is made of them is kept by it.
			return inference.fetch(request, Object.assign(bindings, { CONTROL: toControl }), context);
		},
		queue: control.queue,
	};
}

export {
	ControlPlane,
	EvidenceLedger,
	MetricShard,
	OperatorRegistry,
	ReplayRecord,
	TenantLedger,
	UpstreamOutage,
} from "../../src/control-worker.ts";
export default createWorker();
