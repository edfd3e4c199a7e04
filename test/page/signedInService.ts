import type { Browser, BrowserContextOptions } from "playwright-core";
import { type Claims, IdentityProvider } from "../auth/identityProvider.js";
import { type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { pickFreePort } from "../setup/freePort.js";
import { PageDriver } from "./pageDriver.js";

/** A service whose page asks users to sign in at an identity provider. */
export class SignedInService {
  readonly idp: IdentityProvider;
  readonly scenario: ServiceScenario;
  /** The token of the scenario's user. */
  readonly token: string;
  readonly #browser: Browser;

  private constructor(idp: IdentityProvider, browser: Browser, scenario: ServiceScenario, token: string) {
    this.idp = idp;
    this.#browser = browser;
    this.scenario = scenario;
    this.token = token;
  }

  /**
   * @param user claims of the scenario's user, who has the role `user`
   * @param settings of the service, in addition to those of the sign-in
   */
  static async start(user: Claims, settings: Record<string, string> = {}): Promise<SignedInService> {
    const [idp, browser, port] = await Promise.all([IdentityProvider.start(), sharedBrowser(), pickFreePort()]);
    const [token, tms] = await Promise.all([
      idp.signToken({ ewms_role: "user", ...user }),
      idp.signToken({ sub: "tms", ewms_role: "system-tms" }),
    ]);
    const ofSignIn = { REST_PORT: String(port), ...idp.registerService(`http://127.0.0.1:${port}`) };
    try {
      const scenario = await startServiceScenario({ ...ofSignIn, ...settings }, { tokens: { user: token, tms } });
      return new SignedInService(idp, browser, scenario, token);
    } catch (error) {
      await idp.stop();
      throw error;
    }
  }

  /** Opens a view in a browser of its own, in which a person with these claims signs in. */
  async open(path: string, claims: Claims, options?: BrowserContextOptions): Promise<PageDriver> {
    this.idp.nextLoginClaims = claims;
    const driver = await PageDriver.open(this.#browser, this.scenario.url, options);
    driver.allowHost(this.idp.issuer);
    await driver.openView(path);
    return driver;
  }

  /** Ends the service, the provider, and the browser contexts of this test file. */
  async close(): Promise<void> {
    await Promise.all([closeContexts(), this.scenario.close(), this.idp.stop()]);
  }
}
