import * as anchors from "./routes/anchor-routes.ts";
import * as canary from "./routes/canary-routes.ts";
import * as documents from "./routes/document-routes.ts";
import * as evidence from "./routes/evidence-routes.ts";
import * as feedback from "./routes/feedback-routes.ts";
import * as keys from "./routes/key-routes.ts";
import * as operators from "./routes/operator-routes.ts";
import * as origins from "./routes/origin-routes.ts";
import * as policy from "./routes/policy-routes.ts";
import * as requests from "./routes/request-routes.ts";
import * as revisions from "./routes/revision-routes.ts";
import * as tenants from "./routes/tenant-routes.ts";
import * as texts from "./routes/text-routes.ts";

/**
 * Every route of the admin API, in the order in which the description lists them. The app, who may call, the OpenAPI
 * document, the clients' types and the tests of each role are made from this list.
 */
export const ADMIN_ROUTES = [
	tenants.listTenants,
	tenants.createTenant,
	tenants.showTenant,
	tenants.suspendTenant,
	tenants.resumeTenant,
	tenants.deleteTenant,
	tenants.exportTenant,
	policy.showPolicy,
	policy.putPolicy,
	policy.patchPolicy,
	policy.validatePolicy,
	revisions.listRevisions,
	revisions.showRevision,
	revisions.diffRevisions,
	revisions.rollbackPolicy,
	canary.showCanary,
	canary.startCanary,
	canary.dropCanary,
	canary.promoteCanary,
	evidence.showEvidence,
	evidence.exportEvidence,
	texts.listTexts,
	evidence.labelEvidence,
	evidence.restartEvidence,
	evidence.closeEvidence,
	anchors.showAnchors,
	anchors.putAnchors,
	anchors.checkAnchors,
	keys.listKeys,
	keys.createKey,
	keys.rotateKey,
	keys.revokeKey,
	tenants.showUsage,
	requests.listRequests,
	requests.showRequest,
	feedback.showFeedback,
	tenants.showTenantAudit,
	origins.listOrigins,
	origins.showOrigin,
	origins.putOrigin,
	origins.deleteOrigin,
	operators.listOperatorKeys,
	operators.createOperatorKey,
	operators.revokeOperatorKey,
	operators.showRegistryAudit,
	documents.showOpenApi,
	documents.showDocuments,
] as const;
