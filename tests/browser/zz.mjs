// does an aborted transition reach the page?
import { open } from "./house/browser.mjs";
import { demo } from "./house/demo.mjs";
import { chromium } from "playwright-core";
import { CHROMIUM, QUIET, homeThatTrusts, inHome } from "./house/browser.mjs";
const clinic = await demo(); const home = homeThatTrusts(clinic.ca);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET, env: inHome(home) });
const context = await browser.newContext({ viewport: {width:390,height:844} });
const errs=[]; context.on("weberror", (e)=>errs.push(e.error().message)); context.on("console",(m)=>m.type()==="error"&&errs.push("c "+m.text()));
const page = await context.newPage();
await page.goto(clinic.person("patient").sign_in); await page.getByRole("button",{name:"Enter"}).click(); await page.waitForURL(u=>!u.pathname.startsWith("/demo"));
for (let i=0;i<60;i++) {
  const mode=i%4;
  const link = page.locator(`nav.tabs a[href='${["/","/visits","/me"][i%3]}']`);
  await link.click({noWaitAfter:true}).catch(()=>{});
  if (mode===0) await page.setViewportSize({width:390+(i%2)*100,height:844-(i%3)*10});
  if (mode===1) { await page.waitForTimeout(i*2); await page.locator("nav.tabs a").nth(i%2).click({noWaitAfter:true}).catch(()=>{}); }
  if (mode===2) { await page.waitForTimeout(30); await page.goto(clinic.url+"/visits").catch(()=>{}); }
  if (mode===3) { await page.waitForLoadState(); await page.setViewportSize({width:390,height:600}); }
  await page.waitForTimeout(80);
}
console.log(errs.length, [...new Set(errs)]);
await browser.close(); await clinic.stop();
