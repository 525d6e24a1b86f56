import { DEMO_KEY, parseOwnServer } from "./demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "./seed-demo.ts";
import { startLocalStack } from "./stack.ts";

/** `npm start`: the whole product on this machine, with what to do next. Stops on Ctrl-C. */
async function main(): Promise<void> {
	const port = portFrom("PORT", 8787);
	const originPort = portFrom("ORIGIN_PORT", port + 1);
	const ownServerText = process.env["CASCADE_OWN_SERVER"];
	const ownServer = ownServerText === undefined ? undefined : parseOwnServer(ownServerText);
	if (ownServerText !== undefined && ownServer === undefined) {
		throw new Error("CASCADE_OWN_SERVER must be an address and a model: http://127.0.0.1:11434/v1#llama3.2");
	}
	const tokensPerSecond = Number(process.env["TOKENS_PER_SECOND"] ?? "0");
	const edgeTokensPerSecond = Number(process.env["EDGE_TOKENS_PER_SECOND"] ?? "0");
	process.stdout.write("Building the Workers and the local origin …\n");
	const stack = await startLocalStack({
		port,
		originPort,
		ownServer,
		showLog: true,
		...(tokensPerSecond > 0 ? { tokensPerSecond } : {}),
		...(edgeTokensPerSecond > 0 ? { edgeTokensPerSecond } : {}),
	});
	process.stdout.write(nextSteps(stack.url, stack.originUrl, ownServer !== undefined));

	let stopping = false;
	const stop = () => {
		if (stopping) return;
		stopping = true;
		process.stdout.write("\nStopping …\n");
		void stack.stop().then(() => process.exit(0));
	};
	for (const signal of ["SIGINT", "SIGTERM"] as const) {
		// The runtime's own handler would end the process with an error status before anything is put away.
		process.removeAllListeners(signal);
		process.on(signal, stop);
	}
}

function portFrom(name: string, fallback: number): number {
	const text = process.env[name];
	if (text === undefined || text === "") return fallback;
	const port = Number(text);
	if (!Number.isInteger(port) || port < 1 || port > 65_535)
		throw new Error(`${name} must be a port from 1 to 65535, not '${text}'.`);
	return port;
}

function nextSteps(url: string, originUrl: string, hasOwnServer: boolean): string {
	const mail =
		"Subject: Lower your mortgage payments today\\n\\nNo obligation. Click here to save thousands, guaranteed!";
	return `
Edge Cascade answers at ${url}/v1   (the local origin at ${originUrl}/v1)

Ask it whether a mail is spam; the answer says which stage gave it, how sure it was, what it cost and saved:

  curl -i ${url}/v1/chat/completions \\
    -H 'authorization: Bearer ${DEMO_KEY}' -H 'content-type: application/json' \\
    -d '{"model": "cascade", "temperature": 0, "messages": [
          {"role": "system", "content": "You label e-mail. Answer with one word: spam or ham."},
          {"role": "user", "content": "${mail}"}]}'

Or point an OpenAI client at it: base URL ${url}/v1, API key ${DEMO_KEY},
models cascade, three-stages, verified, stated, parallel, prose${hasOwnServer ? ", own (your server)" : ""}; labels
for /v1/classifications, moderation for /v1/moderations, hash-embedding for /v1/embeddings.

See what it does at ${url}/dashboard/, signed in with the operator's key, ${LOCAL_OPERATOR_KEY}. The admin API describes itself at ${url}/admin/v1/docs:

  curl -H 'authorization: Bearer ${LOCAL_OPERATOR_KEY}' ${url}/admin/v1/tenants/demo/policy

One line a request appears below. Ctrl-C stops.

`;
}

try {
	await main();
} catch (error) {
	const message = error instanceof Error ? error.message : String(error);
	const taken = /EADDRINUSE|Address already in use/u.test(message);
	process.stderr.write(taken ? "The port is taken: choose another with PORT=8790 npm start\n" : `${message}\n`);
	process.exit(1);
}
