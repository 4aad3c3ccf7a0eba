/** Style of a report; colours are variables, see `colourStyle`. */
export const REPORT_STYLE = `
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums}
.page{max-width:1120px;margin:0 auto;padding:36px 24px 64px}
h1{font-size:30px;line-height:1.2;margin:0;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:20px;margin:0 0 4px;letter-spacing:-.005em}
h3{font-size:15px;margin:0;overflow-wrap:anywhere}
section>h3{font-size:16px;margin:26px 0 2px}
p{margin:0;max-width:76ch}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.quiet{color:var(--quiet)}
.lead{font-size:17px;margin-top:14px}
header .quiet{margin-top:6px;overflow-wrap:anywhere}
nav ul,.legend,.tiles,.cards{list-style:none;margin:0;padding:0}
nav{margin:26px 0 0}
nav ul{display:flex;flex-wrap:wrap;gap:6px 18px}
section{background:var(--panel);border:1px solid var(--line);border-radius:12px;padding:24px;margin-top:22px}
section>.note{color:var(--quiet);margin-bottom:16px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-top:24px}
.tiles li{background:var(--panel);border:1px solid var(--line);border-radius:12px;padding:14px 16px}
.tiles b{display:block;font-size:25px;line-height:1.25;font-weight:650}
.tiles span{color:var(--quiet);font-size:13px}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:16px}
.cards>li{border:1px solid var(--line);border-top:4px solid var(--tag,var(--quiet));border-radius:10px;padding:14px 16px}
.cards dl{display:grid;grid-template-columns:1fr auto;gap:2px 12px;margin:10px 0 0;font-size:13px}
.cards dt{color:var(--quiet)}
.cards dd{margin:0;text-align:right}
.share{font-size:22px;font-weight:650}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 12px;font-size:13px}
.legend li::before,.tag::before{content:"";display:inline-block;width:10px;height:10px;border-radius:3px;background:var(--tag,var(--quiet));margin-right:6px}
.tag{white-space:nowrap}
svg{display:block;width:100%;height:auto}
.narrow{display:none}
.curve{margin:10px 0 0;font-size:12px;color:var(--quiet)}
figure{margin:0 0 20px}
figure:last-child{margin-bottom:0}
figcaption{font-size:14px;margin-bottom:8px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{text-align:left;padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--quiet);font-weight:600;white-space:nowrap}
td.number,th.number{text-align:right}
.beyond{color:var(--bad);font-weight:600}
.alert{border-left:4px solid var(--tag,var(--quiet));padding:2px 0 2px 14px;margin-bottom:16px}
.alert p{margin-top:2px;overflow-wrap:anywhere}
.alert .parts{font-size:13px;color:var(--quiet)}
ul.why{margin:0;padding-left:18px}
pre{background:var(--shade);border-radius:8px;padding:14px;overflow-x:auto;font:12.5px/1.5 ui-monospace,monospace;margin:12px 0 0}
summary{cursor:pointer;color:var(--accent);margin-top:16px}
footer{color:var(--quiet);font-size:13px;margin-top:26px}
@media (max-width:680px){
.page{padding:22px 14px 44px}
section{padding:18px 14px;border-radius:10px}
h1{font-size:24px}
.wide{display:none}
.narrow{display:block}
.tiles{grid-template-columns:1fr 1fr}
.cards{grid-template-columns:1fr}
}
@media print{body{background:#fff}section{break-inside:avoid}}
`;
