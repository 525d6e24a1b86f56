import type { AdminFailure } from "./admin-client.ts";

/** A failure as a sentence for people, with what to do where something can be done. */
export function explainFailure(failure: AdminFailure): string {
	switch (failure.kind) {
		case "unreachable":
			return "The Worker did not answer. Check your connection, then try again.";
		case "not-the-api":
			return failure.status === 0
				? "Something in front of the Worker asks for a login. Reload this page to log in."
				: `Something else than the admin API answered, with status ${failure.status}.`;
		case "refused": {
			const { problems = [], error } = failure.body;
			const details = problems.map(({ path, message }) => (path === "" ? message : `${path} ${message}`));
			return [error.message, ...details].join(" ");
		}
	}
}
