//! The timeline as an SVG image that stands alone: legible on a light and on a dark ground.

use std::fmt::Write;

use super::{CLASSES, Chart, Lane};

/// Widths and heights, in the units of the image.
const NAMES: f64 = 92.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 122.0;
const STEP_ROWS: usize = 3;
/// How far the bands of faults begin above the lanes: there are their names.
const FAULTS: f64 = 34.0;
const FAULT_ROWS: usize = 2;
const LANE: f64 = 34.0;
const BAR: f64 = 24.0;
const BOTTOM: f64 = 74.0;
/// How wide a second is, and the bounds of the whole.
const SECOND: f64 = 26.0;
const WIDTH_MIN: f64 = 760.0;
const WIDTH_MAX: f64 = 6000.0;
/// About how wide a letter is; a label that does not fit is left to the tooltip.
const LETTER: f64 = 6.6;

/// Draws the chart.
pub(crate) fn draw(chart: &Chart) -> String {
    let scale = Scale::new(chart);
    let bottom = TOP + LANE * count(chart.lanes.len());
    let (width, height) = (scale.width, bottom + BOTTOM);
    let mut svg = String::new();
    // Writing to a string does not fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" aria-labelledby=\"title\">\n\
         <title id=\"title\">{}</title>\n<style>\n{}</style>\n\
         <rect class=\"ground\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n\
         <text class=\"heading\" x=\"12\" y=\"24\">{}</text>\n",
        escape(&chart.title),
        style(),
        escape(&chart.title),
    );
    bands(&mut svg, chart, &scale, bottom);
    axis(&mut svg, chart, &scale, bottom);
    steps(&mut svg, chart, &scale, bottom);
    for (index, lane) in chart.lanes.iter().enumerate() {
        draw_lane(&mut svg, lane, &scale, TOP + LANE * count(index));
    }
    legend(&mut svg, bottom + 46.0);
    svg.push_str("</svg>\n");
    svg
}

struct Scale {
    from_ns: u64,
    until_ns: u64,
    width: f64,
}

impl Scale {
    fn new(chart: &Chart) -> Self {
        let until_ns = chart.until_ns.max(chart.from_ns + 1);
        let wanted = NAMES + RIGHT + seconds(until_ns - chart.from_ns) * SECOND;
        Self {
            from_ns: chart.from_ns,
            until_ns,
            width: wanted.clamp(WIDTH_MIN, WIDTH_MAX),
        }
    }

    fn x(&self, at_ns: u64) -> f64 {
        let at_ns = at_ns.clamp(self.from_ns, self.until_ns);
        let part = seconds(at_ns - self.from_ns) / seconds(self.until_ns - self.from_ns);
        NAMES + part * (self.width - NAMES - RIGHT)
    }
}

fn draw_lane(svg: &mut String, lane: &Lane, scale: &Scale, top: f64) {
    let bar = top + (LANE - BAR) / 2.0;
    let middle = top + LANE / 2.0;
    let _ = writeln!(
        svg,
        "<line class=\"rail\" x1=\"{NAMES}\" x2=\"{:.1}\" y1=\"{middle:.1}\" y2=\"{middle:.1}\"/>\
         <text class=\"name\" x=\"12\" y=\"{:.1}\">{}</text>",
        scale.width - RIGHT,
        middle + 4.0,
        escape(&lane.name)
    );
    for span in &lane.spans {
        let (from, until) = (scale.x(span.from_ns), scale.x(span.until_ns));
        let width = (until - from).max(0.8);
        let lasted = seconds(span.until_ns.saturating_sub(span.from_ns));
        let about = match span.label.as_str() {
            "" => String::new(),
            label => format!(", {label}"),
        };
        let _ = write!(
            svg,
            "<rect class=\"span {}\" x=\"{from:.1}\" y=\"{bar:.1}\" width=\"{width:.1}\" height=\"{BAR}\" rx=\"3\">\
             <title>{}: {}{}, from {:.2} s, for {lasted:.2} s</title></rect>",
            span.class,
            escape(&lane.name),
            span.class,
            escape(&about),
            seconds(span.from_ns.saturating_sub(scale.from_ns)),
        );
        if !span.label.is_empty() && count(span.label.chars().count()) * LETTER + 8.0 < width {
            let _ = write!(
                svg,
                "<text class=\"label\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                from + 4.0,
                middle + 4.0,
                escape(&span.label)
            );
        }
        svg.push('\n');
    }
    for mark in lane
        .marks
        .iter()
        .filter(|mark| (scale.from_ns..=scale.until_ns).contains(mark))
    {
        let x = scale.x(*mark);
        let _ = writeln!(
            svg,
            "<path class=\"lease\" d=\"M{x:.1} {:.1}V{:.1}\"><title>{}: the lease ends at {:.2} s</title></path>",
            top + 1.0,
            top + LANE - 1.0,
            escape(&lane.name),
            seconds(*mark - scale.from_ns)
        );
    }
}

fn bands(svg: &mut String, chart: &Chart, scale: &Scale, bottom: f64) {
    let mut rows = Rows::<FAULT_ROWS>::default();
    for band in &chart.bands {
        let (from, until) = (scale.x(band.from_ns), scale.x(band.until_ns));
        let _ = writeln!(
            svg,
            "<rect class=\"fault\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\">\
             <title>{}</title></rect>",
            TOP - FAULTS,
            (until - from).max(2.0),
            bottom - TOP + FAULTS,
            escape(&band.name)
        );
        let _ = writeln!(
            svg,
            "<text class=\"fault-name\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            from + 3.0,
            TOP - FAULTS + 12.0 + 14.0 * count(rows.place(from, &band.name)),
            escape(&band.name)
        );
    }
}

/// Rows of names that do not cover one another: the end of the last name in each.
struct Rows<const COUNT: usize>([f64; COUNT]);

impl<const COUNT: usize> Default for Rows<COUNT> {
    fn default() -> Self {
        Self([0.0; COUNT])
    }
}

impl<const COUNT: usize> Rows<COUNT> {
    /// The first row in which a name that begins at `x` has room; the last one if none has.
    fn place(&mut self, x: f64, name: &str) -> usize {
        let free = self.0.iter().position(|end| *end <= x);
        let row = free.unwrap_or(COUNT - 1);
        self.0[row] = x + count(name.chars().count()) * LETTER + 8.0;
        row
    }
}

fn steps(svg: &mut String, chart: &Chart, scale: &Scale, bottom: f64) {
    let mut rows = Rows::<STEP_ROWS>::default();
    for (name, from_ns) in &chart.steps {
        let x = scale.x(*from_ns);
        let y = 46.0 + count(rows.place(x, name)) * 15.0;
        let _ = writeln!(
            svg,
            "<path class=\"step\" d=\"M{x:.1} {:.1}V{bottom:.1}\"/>\
             <text class=\"step-name\" x=\"{:.1}\" y=\"{y}\">{}</text>",
            y - 10.0,
            x + 3.0,
            escape(name)
        );
    }
}

fn axis(svg: &mut String, chart: &Chart, scale: &Scale, bottom: f64) {
    let all = seconds(scale.until_ns - scale.from_ns);
    // A tick each 5 s, or rarer in a long run.
    let each = [5_u64, 10, 30, 60, 300, 3600]
        .into_iter()
        .find(|each| all / (*each as f64) <= 60.0);
    let each_ns = each.unwrap_or(7200) * 1_000_000_000;
    let mut at_ns = chart.from_ns;
    while at_ns <= scale.until_ns {
        let x = scale.x(at_ns);
        let _ = writeln!(
            svg,
            "<path class=\"tick\" d=\"M{x:.1} {TOP}V{:.1}\"/><text class=\"time\" x=\"{x:.1}\" y=\"{:.1}\">{:.0} s</text>",
            bottom + 4.0,
            bottom + 18.0,
            seconds(at_ns - chart.from_ns)
        );
        at_ns += each_ns;
    }
}

fn legend(svg: &mut String, y: f64) {
    let mut x = 12.0;
    for (class, _, _) in CLASSES {
        let _ = writeln!(
            svg,
            "<rect class=\"span {class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"14\" height=\"14\" rx=\"3\"/>\
             <text class=\"time start\" x=\"{:.1}\" y=\"{:.1}\">{class}</text>",
            x + 19.0,
            y + 11.0
        );
        x += 30.0 + count(class.len()) * LETTER;
    }
    let _ = writeln!(
        svg,
        "<path class=\"lease\" d=\"M{x:.1} {y:.1}v14\"/><text class=\"time start\" x=\"{:.1}\" y=\"{:.1}\">end of a lease</text>",
        x + 6.0,
        y + 11.0
    );
}

fn style() -> String {
    let mut light = String::new();
    let mut dark = String::new();
    for (class, on_light, on_dark) in CLASSES {
        let _ = writeln!(light, ".{class}{{fill:{on_light}}}");
        let _ = write!(dark, ".{class}{{fill:{on_dark}}}");
    }
    format!(
        ".ground{{fill:#fff}}\n\
         text{{font:12px system-ui,sans-serif;fill:#1f2328}}\n\
         .heading{{font-size:15px;font-weight:600}}.name{{font-weight:600}}.label{{font-size:11px}}\n\
         .time{{font-size:11px;text-anchor:middle;fill:#57606a}}.start{{text-anchor:start}}\n\
         .step-name{{font-size:11px;font-weight:600}}.fault-name{{font-size:10px;fill:#a40e26}}\n\
         .rail{{stroke:#d0d7de}}.tick{{stroke:#d0d7de;stroke-width:.5}}\n\
         .step{{stroke:#57606a;stroke-dasharray:2 3;fill:none}}\n\
         .fault{{fill:#cf222e;fill-opacity:.1}}.lease{{stroke:#000;stroke-width:2.5;fill:none}}\n\
         {light}@media (prefers-color-scheme:dark){{\n\
         .ground{{fill:#0d1117}}text{{fill:#e6edf3}}.time{{fill:#9198a1}}.fault-name{{fill:#ff938a}}\n\
         .rail,.tick{{stroke:#30363d}}.step{{stroke:#9198a1}}.fault{{fill:#ff7b72;fill-opacity:.16}}\
         .lease{{stroke:#fff}}\n{dark}\n}}\n"
    )
}

/// A text as it stands in an element or an attribute of XML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML has no form at all for other control characters, and none for these two.
            '\t' | '\n' | '\r' => escaped.push(' '),
            char if char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('\u{fffd}')
            }
            char => escaped.push(char),
        }
    }
    escaped
}

#[allow(clippy::cast_precision_loss)] // a picture has no need of the last digits
fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}

#[allow(clippy::cast_precision_loss)] // it counts lanes and letters
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::super::{Band, Span};
    use super::*;

    const HOSTILE: &str = "</text><script>alert(\"1\")</script>&'\u{1b}\n\u{ffff}";

    fn chart(text: &str) -> Chart {
        let span = |from_ns, until_ns| Span {
            from_ns,
            until_ns,
            class: "leader",
            label: text.to_owned(),
        };
        Chart {
            title: text.to_owned(),
            from_ns: 1_000_000_000,
            until_ns: 61_000_000_000,
            lanes: vec![Lane {
                name: text.to_owned(),
                spans: vec![
                    span(1_000_000_000, 60_000_000_000),
                    span(60_000_000_000, 60_000_000_000),
                ],
                marks: vec![2_000_000_000, 99_000_000_000],
            }],
            bands: vec![Band {
                name: text.to_owned(),
                from_ns: 3_000_000_000,
                until_ns: 4_000_000_000,
            }],
            steps: vec![(text.to_owned(), 1_000_000_000)],
        }
    }

    #[test]
    fn text_of_others_stays_text() {
        assert_eq!(escape("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
        assert_eq!(escape("\u{0}\t\u{7f}é"), "\u{fffd} \u{fffd}é");
        let svg = draw(&chart(HOSTILE));
        assert!(
            !svg.contains("<script") && !svg.contains('\u{1b}') && !svg.contains('\u{ffff}'),
            "{svg}"
        );
        assert!(svg.contains("&lt;/text&gt;&lt;script&gt;"), "{svg}");
    }

    #[test]
    fn names_do_not_cover_one_another() {
        let mut rows = Rows::<2>::default();
        assert_eq!(
            [(0.0, "a name"), (10.0, "next"), (100.0, "later")]
                .map(|(x, name)| rows.place(x, name)),
            [0, 1, 0]
        );
        assert_eq!(rows.place(101.0, "beside it"), 1);
        assert_eq!(rows.place(102.0, "without room"), 1);
    }

    #[test]
    fn every_element_is_closed() {
        let svg = draw(&chart(HOSTILE));
        for element in ["svg", "style", "text", "title"] {
            let [opened, closed] = [format!("<{element}"), format!("</{element}>")];
            // `<text` is not the beginning of another element's name here.
            assert_eq!(
                svg.matches(&opened).count(),
                svg.matches(&closed).count(),
                "{element}"
            );
        }
    }

    #[test]
    fn what_is_outside_is_not_drawn_and_an_empty_chart_is_an_image() {
        let svg = draw(&chart("m1"));
        assert_eq!(svg.matches("the lease ends at").count(), 1, "{svg}");
        assert!(draw(&Chart::default()).ends_with("</svg>\n"));
    }

    #[test]
    fn both_grounds_have_all_colours() {
        let style = style();
        for (class, light, dark) in CLASSES {
            assert_eq!(style.matches(&format!(".{class}{{")).count(), 2, "{class}");
            assert!(style.contains(light) && style.contains(dark), "{class}");
        }
    }
}
