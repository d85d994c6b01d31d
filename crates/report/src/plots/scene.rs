//! A picture as a list of shapes, independent of where it is drawn: laid out once, drawn as SVG and as
//! PNG, and checked by tests for text that is cut off or runs into other text.

use crate::write::Folder;
use crate::{ReportError, escape};
use ab_glyph::{Font, FontRef, OutlinedGlyph, ScaleFont, point};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};
use poolwise_math::hypot;
use std::sync::OnceLock;

/// The name under which the font is registered; SVG viewers take their own of that name.
const FAMILY: &str = "sans-serif";

/// Where text stands relative to its point, from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// It begins there.
    Left,
    /// Its middle is there.
    Centre,
    /// It ends there.
    Right,
}

/// How text looks. It is centred vertically on its point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    /// Height of the letters, pixels.
    pub size: f64,
    /// Colour of its lines and letters.
    pub colour: RGBColor,
    /// Whether it is bold.
    pub bold: bool,
    /// Alignment along its direction.
    pub align: Align,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Rect { at: [f64; 4], fill: RGBColor },
    Area { points: Vec<(f64, f64)>, fill: RGBColor, opacity: f64 },
    Line { points: Vec<(f64, f64)>, colour: RGBColor, width: u32 },
    Dot { at: (f64, f64), radius: f64, colour: RGBColor },
    Text { at: (f64, f64), text: String, style: Style },
}

/// A place of a picture of which a page reads a value.
#[derive(Debug, Clone, PartialEq)]
struct Spot {
    at: [f64; 4],
    what: String,
    value: String,
}

/// A picture as shapes, texts and places of which values can be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    width: f64,
    height: f64,
    title: String,
    shapes: Vec<Shape>,
    spots: Vec<Spot>,
}

impl Scene {
    /// An empty white picture of that size in pixels; the title is for those who cannot see it.
    pub(crate) fn new(width: f64, height: f64, title: impl Into<String>) -> Self {
        Self {
            width: width.ceil(),
            height: height.ceil(),
            title: title.into(),
            shapes: Vec::new(),
            spots: Vec::new(),
        }
    }

    /// What the picture shows, in one line.
    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// Width of the picture, pixels.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Ends the picture there, once it is known how far it reaches.
    pub(crate) fn crop(&mut self, height: f64) {
        self.height = height.ceil();
    }

    /// Height of the picture, pixels.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// A filled rectangle between two corners.
    pub(crate) fn rect(&mut self, x0: f64, y0: f64, x1: f64, y1: f64, fill: RGBColor) {
        self.shapes.push(Shape::Rect { at: [x0, y0, x1, y1], fill });
    }

    /// Says what stands in a rectangle between two corners, for readers who point at it, step to it or want a table: what it is
    /// of, and its value.
    pub(crate) fn spot(&mut self, at: [f64; 4], what: impl Into<String>, value: impl Into<String>) {
        self.spots.push(Spot { at, what: what.into(), value: value.into() });
    }

    /// The places with values as an invisible layer on top.
    fn layer(&self) -> String {
        let mut out = String::from("<g fill=\"none\" pointer-events=\"all\">\n");
        for Spot { at: [x0, y0, x1, y1], what, value } in &self.spots {
            let (what, value) = (escape(what), escape(value));
            let (x, y) = (x0.min(*x1).round(), y0.min(*y1).round());
            let (width, height) = ((x1 - x0).abs().round(), (y1 - y0).abs().round());
            out.push_str(&format!(
                "<rect class=\"spot\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" data-what=\"{what}\" \
                 data-value=\"{value}\"><title>{what}: {value}</title></rect>\n"
            ));
        }
        out + "</g>\n"
    }

    /// A filled polygon.
    pub(crate) fn area(&mut self, points: Vec<(f64, f64)>, fill: RGBColor, opacity: f64) {
        if points.len() > 2 {
            self.shapes.push(Shape::Area { points, fill, opacity });
        }
    }

    /// A line through points.
    pub(crate) fn line(&mut self, points: Vec<(f64, f64)>, colour: RGBColor, width: u32) {
        if points.len() > 1 {
            self.shapes.push(Shape::Line { points, colour, width });
        }
    }

    /// A broken straight line.
    pub(crate) fn dashes(&mut self, from: (f64, f64), to: (f64, f64), colour: RGBColor, width: u32) {
        const DASH: f64 = 6.0;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = hypot(dx, dy);
        let at = |s: f64| (from.0 + dx * s / length, from.1 + dy * s / length);
        let mut s = 0.0;
        while s < length {
            self.line(vec![at(s), at((s + DASH).min(length))], colour, width);
            s += 2.0 * DASH;
        }
    }

    /// A filled circle.
    pub(crate) fn dot(&mut self, at: (f64, f64), radius: f64, colour: RGBColor) {
        self.shapes.push(Shape::Dot { at, radius, colour });
    }

    /// Adds a text at a place.
    pub(crate) fn text(&mut self, at: (f64, f64), text: impl Into<String>, style: Style) {
        let text = text.into();
        if !text.is_empty() {
            self.shapes.push(Shape::Text { at, text, style });
        }
    }

    /// The picture as an SVG document.
    ///
    /// # Errors
    /// If a text cannot be set.
    pub fn svg(&self) -> Result<String, ReportError> {
        let mut text = String::new();
        self.draw(SVGBackend::with_string(&mut text, self.size()), draw_text)?;
        // The title is what screen readers say and browsers show when the mouse rests on the picture.
        if let Some(end) = text.find('>') {
            text.insert_str(end + 1, &format!("\n<title>{}</title>", escape(&self.title)));
        }
        if let (false, Some(end)) = (self.spots.is_empty(), text.rfind("</svg>")) {
            text.insert_str(end, &self.layer());
        }
        Ok(text)
    }

    /// The picture as a PNG image.
    ///
    /// # Errors
    /// If a text cannot be set.
    pub fn png(&self) -> Result<Vec<u8>, ReportError> {
        let (width, height) = self.size();
        // Three bytes a pixel, red, green and blue, row by row.
        let mut pixels = vec![0; 3 * width as usize * height as usize];
        self.draw(BitMapBackend::with_buffer(&mut pixels, (width, height)), set_text)?;
        let mut image = Vec::new();
        let mut encoder = png::Encoder::new(&mut image, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let failed = |e: png::EncodingError| ReportError::Draw(e.to_string());
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&pixels).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(image)
    }

    /// Writes the picture into a folder as `name.svg` and `name.png`; gives the SVG.
    ///
    /// # Errors
    /// If a text cannot be set or a file cannot be written.
    pub fn write(&self, folder: &Folder, name: &str) -> Result<String, ReportError> {
        let svg = self.svg()?;
        folder.write(&format!("{name}.svg"), svg.as_bytes())?;
        folder.write(&format!("{name}.png"), &self.png()?)?;
        Ok(svg)
    }

    fn size(&self) -> (u32, u32) {
        (self.width as u32, self.height as u32)
    }

    fn draw<B: DrawingBackend>(&self, backend: B, text_by: TextBy<B>) -> Result<(), ReportError> {
        let root = backend.into_drawing_area();
        root.fill(&WHITE).map_err(failed)?;
        for shape in &self.shapes {
            draw_shape(&root, shape, text_by)?;
        }
        root.present().map_err(failed)
    }

    /// The boxes of all texts: left, top, right, bottom, and the text.
    pub fn text_boxes(&self) -> Vec<([f64; 4], String)> {
        self.shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Text { at, text, style } => {
                    let (w, h) = (text_width(text, *style), style.size * 0.8);
                    let before = match style.align {
                        Align::Left => 0.0,
                        Align::Centre => w / 2.0,
                        Align::Right => w,
                    };
                    let (x, y) = *at;
                    let [left, right] = [x - before, x - before + w];
                    let [top, bottom] = [y - h / 2.0, y + h / 2.0];
                    Some(([left, top, right, bottom], text.clone()))
                }
                _ => None,
            })
            .collect()
    }
}

fn failed<E: std::error::Error + Send + Sync>(e: DrawingAreaErrorKind<E>) -> ReportError {
    ReportError::Draw(e.to_string())
}

/// How a text gets onto a canvas.
type TextBy<B> = fn(&Canvas<B>, &str, (f64, f64), Style) -> Result<(), ReportError>;

/// A canvas in pixels.
type Canvas<B> = DrawingArea<B, plotters::coord::Shift>;

/// The two weights of the font, which is part of the program, so that pictures need no system font.
struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

fn fonts() -> Result<&'static Fonts, ReportError> {
    static FONTS: OnceLock<Option<Fonts>> = OnceLock::new();
    let load = || {
        let (regular, bold) = (dejavu::sans::regular(), dejavu::sans::bold());
        // Plotters finds fonts by name, and draws no text without one, not even as SVG.
        register_font(FAMILY, FontStyle::Normal, regular).ok()?;
        register_font(FAMILY, FontStyle::Bold, bold).ok()?;
        Some(Fonts {
            regular: FontRef::try_from_slice(regular).ok()?,
            bold: FontRef::try_from_slice(bold).ok()?,
        })
    };
    FONTS.get_or_init(load).as_ref().ok_or_else(|| ReportError::Draw("the font cannot be read".to_owned()))
}

/// Width of a text, pixels; an estimate when there is no font.
pub(crate) fn text_width(text: &str, style: Style) -> f64 {
    fonts().map_or(text.chars().count() as f64 * style.size * 0.6, |fonts| {
        f64::from(glyphs(fonts, text, style).1)
    })
}

/// The glyphs of a text from its left end on the base line, and its width.
fn glyphs(fonts: &'static Fonts, text: &str, style: Style) -> (Vec<OutlinedGlyph>, f32) {
    let font = if style.bold { &fonts.bold } else { &fonts.regular };
    let scaled = font.as_scaled(style.size as f32);
    let mut outlines = Vec::new();
    let mut caret = 0.0;
    let mut previous = None;
    for c in text.chars() {
        let mut glyph = scaled.scaled_glyph(c);
        if let Some(previous) = previous {
            caret += scaled.kern(previous, glyph.id);
        }
        previous = Some(glyph.id);
        glyph.position = point(caret, 0.0);
        caret += scaled.h_advance(glyph.id);
        outlines.extend(scaled.outline_glyph(glyph));
    }
    (outlines, caret)
}

/// Sets a text pixel by pixel. Plotters' own setting leaves out the blank before each glyph, which
/// spaces letters unevenly.
fn set_text<B: DrawingBackend>(
    root: &Canvas<B>,
    text: &str,
    (x, y): (f64, f64),
    style: Style,
) -> Result<(), ReportError> {
    /// Height of capitals over the size of the font.
    const CAPITALS: f64 = 0.626;
    let (outlines, width) = glyphs(fonts()?, text, style);
    let before = match style.align {
        Align::Left => 0.0,
        Align::Centre => f64::from(width) / 2.0,
        Align::Right => f64::from(width),
    };
    let (left, base) = ((x - before).round() as i32, (y + style.size * CAPITALS / 2.0).round() as i32);
    let mut outcome = Ok(());
    for outline in outlines {
        let corner = outline.px_bounds().min;
        outline.draw(|dx, dy, cover| {
            let at = (left + corner.x as i32 + dx as i32, base + corner.y as i32 + dy as i32);
            if let Err(e) = root.draw_pixel(at, &style.colour.mix(f64::from(cover))) {
                outcome = Err(failed(e));
            }
        });
    }
    outcome
}

/// Leaves the setting to the viewer, as SVG does.
fn draw_text<B: DrawingBackend>(
    root: &Canvas<B>,
    text: &str,
    at: (f64, f64),
    style: Style,
) -> Result<(), ReportError> {
    fonts()?;
    let weight = if style.bold { FontStyle::Bold } else { FontStyle::Normal };
    let align = match style.align {
        Align::Left => HPos::Left,
        Align::Centre => HPos::Center,
        Align::Right => HPos::Right,
    };
    let font = FontDesc::new(FontFamily::SansSerif, style.size, weight);
    let set = font.color(&style.colour).pos(Pos::new(align, VPos::Center));
    root.draw(&Text::new(text, px(at), set)).map_err(failed)
}

fn px((x, y): (f64, f64)) -> (i32, i32) {
    (x.round() as i32, y.round() as i32)
}

fn draw_shape<B: DrawingBackend>(
    root: &Canvas<B>,
    shape: &Shape,
    text_by: TextBy<B>,
) -> Result<(), ReportError> {
    match shape {
        Shape::Rect { at: [x0, y0, x1, y1], fill } => {
            root.draw(&Rectangle::new([px((*x0, *y0)), px((*x1, *y1))], fill.filled()))
        }
        Shape::Area { points, fill, opacity } => {
            let points: Vec<(i32, i32)> = points.iter().copied().map(px).collect();
            root.draw(&Polygon::new(points, fill.mix(*opacity).filled()))
        }
        Shape::Line { points, colour, width } => {
            let points: Vec<(i32, i32)> = points.iter().copied().map(px).collect();
            root.draw(&PathElement::new(points, colour.stroke_width(*width)))
        }
        Shape::Dot { at, radius, colour } => {
            root.draw(&Circle::new(px(*at), radius.round() as i32, colour.filled()))
        }
        Shape::Text { at, text, style } => return text_by(root, text, *at, *style),
    }
    .map_err(failed)
}
