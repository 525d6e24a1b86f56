import { useId, useState } from "preact/hooks";
import type { AdminFailure } from "../api/admin-client.ts";
import { explainFailure } from "../api/explain-failure.ts";
import { BrandIcon } from "../parts/icons.tsx";
import { Notice } from "../parts/notice.tsx";
import { signIn, type Session } from "./session.ts";

/** Asks for a key, or goes by Cloudflare Access. `notice`: why somebody who was signed in is asked again. */
export function SignIn({
	notice,
	onSignedIn,
}: {
	readonly notice: string | null;
	readonly onSignedIn: (session: Session) => void;
}) {
	const ids = { key: useId(), tenant: useId(), tenantHint: useId() };
	const [key, setKey] = useState("");
	const [tenant, setTenant] = useState("");
	const [trouble, setTrouble] = useState(notice);
	const [isBusy, setBusy] = useState(false);
	const attempt = async (session: Session) => {
		setBusy(true);
		setTrouble(null);
		const signedIn = await signIn(session);
		setBusy(false);
		if (signedIn.ok) onSignedIn(signedIn.value);
		else setTrouble(explainSignIn(signedIn.error, session));
	};
	return (
		<main class="sign-in">
			<div class="sign-in-box">
				<p class="brand">
					<BrandIcon /> Edge Cascade
				</p>
				<h1>Sign in</h1>
				{trouble !== null && (
					<Notice kind="bad">
						<p>{trouble}</p>
					</Notice>
				)}
				<form
					onSubmit={(event) => {
						event.preventDefault();
						void attempt({ key: key.trim(), tenant: tenant.trim() === "" ? null : tenant.trim() });
					}}
				>
					<div class="field">
						<label for={ids.key}>Admin key</label>
						<input
							id={ids.key}
							type="password"
							autocomplete="off"
							spellcheck={false}
							required
							value={key}
							onInput={({ currentTarget }) => setKey(currentTarget.value)}
						/>
					</div>
					<div class="field">
						<label for={ids.tenant}>Tenant</label>
						<input
							id={ids.tenant}
							autocomplete="off"
							autocapitalize="none"
							spellcheck={false}
							aria-describedby={ids.tenantHint}
							value={tenant}
							onInput={({ currentTarget }) => setTenant(currentTarget.value)}
						/>
						<p class="hint" id={ids.tenantHint}>
							Only with a tenant’s key: which tenant’s it is. Leave it empty with an operator’s key.
						</p>
					</div>
					<button type="submit" class="button main" disabled={isBusy}>
						{isBusy ? "Signing in …" : "Sign in"}
					</button>
				</form>
				<p class="sign-in-other">
					<button
						type="button"
						class="button"
						disabled={isBusy}
						onClick={() => void attempt({ key: null, tenant: null })}
					>
						Continue with Cloudflare Access
					</button>
				</p>
				<p class="hint">
					The key stays in this tab and is gone when you close it. It is sent to this Worker and to nobody else.
				</p>
			</div>
		</main>
	);
}

/** What to do about a refusal, which depends on what was tried. */
function explainSignIn(failure: AdminFailure, { key, tenant }: Session): string {
	if (failure.kind !== "refused") return explainFailure(failure);
	if (key === null) return "Cloudflare Access has not let this browser in, so a key is needed.";
	if (failure.status === 403 && tenant === null)
		return "This is not an operator’s key. If it is a tenant’s, fill in the tenant as well.";
	if (failure.status === 403) return "This key may not look at the tenant: it needs the scope read or admin.";
	if (failure.status === 404) return "There is no such tenant, or the key is not one of its keys.";
	if (failure.status === 401) return "The Worker does not know this key.";
	return explainFailure(failure);
}
