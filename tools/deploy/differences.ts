import type { WorkerConfiguration } from "./configurations.ts";

/** The entrypoint that the control Worker exports for the inference Worker (`src/control-worker.ts`). */
const ENTRYPOINT = "ControlPlane";

/**
 * What of the two configurations does not fit together, each in a sentence: a deployment of such would answer, and lose records or
 * publish where nobody reads. None where all is well; an id that is in neither yet is no difference.
 */
export function differences(inference: WorkerConfiguration, control: WorkerConfiguration): string[] {
	const found: string[] = [];
	const script = control.name;
	const service = inference.services?.find(({ binding }) => binding === "CONTROL");
	if (service?.service !== script || service?.entrypoint !== ENTRYPOINT)
		found.push(`the inference Worker's CONTROL must be the entrypoint ${ENTRYPOINT} of ${script}`);

	const classes = new Set(control.migrations.flatMap(({ new_sqlite_classes = [] }) => new_sqlite_classes));
	for (const { name, class_name, script_name } of inference.durable_objects.bindings) {
		if (script_name !== script) found.push(`the inference Worker's ${name} must have script_name = "${script}"`);
		if (!classes.has(class_name)) found.push(`no migration of the control Worker makes ${class_name}`);
	}
	for (const { name, class_name, script_name } of control.durable_objects.bindings) {
		if (script_name !== undefined) found.push(`the control Worker's ${name} must be its own`);
		if (!classes.has(class_name)) found.push(`no migration of the control Worker makes ${class_name}`);
	}
	const bound = new Map(inference.durable_objects.bindings.map(({ name, class_name }) => [name, class_name]));
	for (const { name, class_name } of control.durable_objects.bindings)
		if ((bound.get(name) ?? class_name) !== class_name) found.push(`${name} is of two classes`);

	const [read, written] = [idOf(inference), idOf(control)];
	if (read !== written) found.push(`CONFIG must have one id in both: it is ${read} and ${written}`);

	const consumed = new Set((control.queues.consumers ?? []).map(({ queue }) => queue));
	for (const { binding, queue } of inference.queues.producers ?? [])
		if (!consumed.has(queue)) found.push(`nobody takes from ${queue}, to which ${binding} sends`);
	if ((inference.queues.consumers ?? []).length > 0) found.push("the queue's consumer is the control Worker's");

	if (control.workers_dev !== false || control.preview_urls !== false)
		found.push("the control Worker must have no address: workers_dev and preview_urls must be false");
	if (inference.compatibility_date !== control.compatibility_date)
		found.push("both must have one compatibility_date, since they exchange objects of the runtime's");
	// Such a signal crosses only with another flag, without which every request that is passed on would be answered 503.
	if (inference.compatibility_flags.includes("request_signal_passthrough"))
		found.push("request_signal_passthrough gives requests a signal that cannot be passed on to the control Worker");
	return found;
}

/** Whether the namespace of what is published still has to be made, and its id put into both configurations. */
export function lacksNamespace(...configurations: readonly WorkerConfiguration[]): boolean {
	return configurations.some((configuration) => idOf(configuration) === undefined);
}

function idOf({ kv_namespaces }: WorkerConfiguration): string | undefined {
	return kv_namespaces.find(({ binding }) => binding === "CONFIG")?.id;
}
