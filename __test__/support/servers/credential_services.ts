/** The services that AWS credentials come from, on loopback: instance metadata, containers, STS and SSO. They give out one made-up pair. */
import type { ServerResponse } from "node:http";
import { type SeenRequest, type SimpleServer, startServer } from "./loopback.js";

/** What all of them give out; `startBedrock({ credentials: ISSUED })` accepts it. */
export const ISSUED = {
  accessKeyId: "ASIAMADEUPISSUEDKEY0",
  secretAccessKey: "made-up-secret-of-issued-credentials-000",
  sessionToken: "made-up-session-token",
} as const;

const METADATA_TOKEN = "made-up-metadata-token";
const ROLE = "made-up-role";

/** Version 2 of the instance metadata service: a token first, then all else. */
export function startInstanceMetadata(region: string): Promise<SimpleServer> {
  return startServer((request, response) => {
    const { method, url, headers } = request;
    if (method === "PUT" && url === "/latest/api/token" && headers["x-aws-ec2-metadata-token-ttl-seconds"]) {
      response.writeHead(200, { "x-aws-ec2-metadata-token-ttl-seconds": "21600" }).end(METADATA_TOKEN);
    } else if (headers["x-aws-ec2-metadata-token"] !== METADATA_TOKEN) {
      response.writeHead(401).end();
    } else if (url === "/latest/meta-data/placement/region") {
      response.end(region);
    } else if (url === "/latest/meta-data/iam/security-credentials/") {
      response.end(ROLE);
    } else if (url === `/latest/meta-data/iam/security-credentials/${ROLE}`) {
      sendJson(response, { Code: "Success", Type: "AWS-HMAC", LastUpdated: new Date().toISOString(), ...documentWith("Token") });
    } else {
      response.writeHead(404).end();
    }
  });
}

/** What ECS and EKS put beside a container. */
export function startContainerCredentials(authorization: string): Promise<SimpleServer> {
  return startServer((request, response) => {
    if (request.headers.authorization !== authorization) return void response.writeHead(401).end();
    sendJson(response, documentWith("Token"));
  });
}

/** STS, for roles that are assumed with a token or with other credentials. */
export function startTokenService(): Promise<SimpleServer> {
  return startServer((request, response) => {
    const action = new URLSearchParams(request.body).get("Action") ?? "";
    const members = Object.entries(documentWith("SessionToken")).map(([name, value]) => `<${name}>${value}</${name}>`);
    const result = `<Credentials>${members.join("")}</Credentials><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/${ROLE}/session</Arn><AssumedRoleId>AROA:session</AssumedRoleId></AssumedRoleUser>`;
    response.writeHead(200, { "content-type": "text/xml" });
    response.end(`<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result></${action}Response>`);
  });
}

/** The portal of AWS SSO (IAM Identity Center), which gives credentials for the token that `aws sso login` left. */
export function startSsoPortal(accessToken: string): Promise<SimpleServer> {
  return startServer((request, response) => {
    if (request.headers["x-amz-sso_bearer_token"] !== accessToken) return sendJson(response, { message: "Session token not found or invalid" }, 401);
    sendJson(response, { roleCredentials: { ...ISSUED, expiration: Date.now() + 3_600_000 } });
  });
}

/** What renews the tokens of logins to AWS SSO. */
export function startSsoTokens(accessToken: string): Promise<SimpleServer> {
  return startServer((request, response) => {
    const { grantType, refreshToken } = JSON.parse(request.body) as Record<string, string>;
    if (grantType !== "refresh_token" || !refreshToken) return sendJson(response, { error: "invalid_grant" }, 400);
    sendJson(response, { accessToken, expiresIn: 28_800, tokenType: "Bearer" });
  });
}

/** Each service names the token in its own way. */
function documentWith(tokenName: string): Record<string, string> {
  return {
    AccessKeyId: ISSUED.accessKeyId,
    SecretAccessKey: ISSUED.secretAccessKey,
    [tokenName]: ISSUED.sessionToken,
    Expiration: new Date(Date.now() + 3_600_000).toISOString(),
  };
}

function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** What a service was asked, in short. */
export function asked({ requests }: { requests: SeenRequest[] }): string[] {
  return requests.map(({ method, url }) => `${method} ${url}`);
}
