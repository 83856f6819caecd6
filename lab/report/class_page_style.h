#pragma once

#include <string_view>

namespace echolab::report {

// Of class.html. Light and dark follow the reader's system; below 40 em a table's row becomes a card.
inline constexpr std::string_view class_page_style = R"(
:root { color-scheme: light dark; --page: #f5f7fa; --card: #ffffff; --text: #1f2933; --quiet: #5f6b7a; --line: #dde3ea;
  --good: #1a7f4b; --bad: #c0322b; --open: #9a6700; --bar: #4a7fc1; }
@media (prefers-color-scheme: dark) { :root { --page: #14171c; --card: #1d2128; --text: #e3e8ef; --quiet: #97a3b4;
  --line: #313843; --good: #4cc38a; --bad: #ff7b72; --open: #e3b341; --bar: #6ea3e6; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem 1rem 4rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .75rem; }
p { margin: .25rem 0; }
a { color: inherit; text-underline-offset: .15em; }
.quiet { color: var(--quiet); font-size: .875rem; overflow-wrap: anywhere; }
.totals { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.totals li { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .6rem 1rem;
  min-width: 7rem; }
.totals b { display: block; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; }
svg { display: block; width: 100%; max-width: 40rem; height: auto; margin: 0 auto; }
svg rect { fill: var(--bar); }
svg line { stroke: var(--line); }
svg text { fill: var(--quiet); font-size: 11px; text-anchor: middle; }
figcaption { color: var(--quiet); font-size: .875rem; text-align: center; }
table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card); border: 1px solid var(--line);
  border-radius: .6rem; overflow: hidden; }
th { text-align: left; color: var(--quiet); font-weight: 500; font-size: .875rem; }
th, td { padding: .55rem .8rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tbody tr:last-child td { border-bottom: 0; }
td.points, th.points { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.why { width: 50%; }
.status { font-weight: 600; white-space: nowrap; overflow-wrap: normal; }
.passed { color: var(--good); } .failed, .missing { color: var(--bad); } .inconclusive { color: var(--open); }
.not_run { color: var(--quiet); }
summary { cursor: pointer; }
details ul { margin: .4rem 0 .2rem; padding-left: 1.1rem; font-size: .9rem; }
code { font: .9em "D2Coding", "Noto Sans Mono CJK KR", ui-monospace, monospace; }
@media (max-width: 40em) {
  table, tbody, tr, td { display: block; width: auto; } thead { display: none; }
  table { background: none; border: 0; }
  tr { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; margin-bottom: .75rem;
    padding: .4rem 0; }
  td, td.why { width: auto; border: 0; padding: .15rem .9rem; } td.points { text-align: left; }
}
)";

}  // namespace echolab::report
