//! Makes a large picture small, with the memory of the small one.
//!
//! Colours are multiplied with their opacity meanwhile: else what is transparent, mostly black,
//! would darken the edges of what isn't.

use image::imageops::{self, FilterType};
use image::{DynamicImage, GenericImageView, Rgba, RgbaImage};

/// A small picture whose colours are multiplied with their opacity.
#[derive(Debug)]
pub(super) struct Small(RgbaImage);

impl Small {
    /// The picture by means of squares of whole pixels, as small as it can get so without its
    /// longer side being shorter than `side`: less than twice that.
    pub(super) fn of(picture: &DynamicImage, side: u32) -> Self {
        let (width, height) = picture.dimensions();
        let step = (width.max(height) / side).max(1);
        let mut small = RgbaImage::new(width.div_ceil(step), height.div_ceil(step));
        let mut sums = vec![[0_u32; 4]; small.width() as usize];
        for (row, target) in small.rows_mut().enumerate() {
            let top = u32::try_from(row).unwrap_or(u32::MAX) * step;
            let bottom = (top + step).min(height);
            sums.fill([0; 4]);
            for y in top..bottom {
                let mut x = 0;
                for sum in &mut sums {
                    let right = (x + step).min(width);
                    while x < right {
                        add(sum, picture.get_pixel(x, y));
                        x += 1;
                    }
                }
            }
            let mut left = 0;
            for (pixel, sum) in target.zip(&sums) {
                let count = (bottom - top) * step.min(width - left);
                left += step;
                *pixel = mean(*sum, count);
            }
        }
        Self(small)
    }

    /// The same, turned.
    pub(super) fn turned(self, orientation: image::metadata::Orientation) -> Self {
        let mut picture = DynamicImage::ImageRgba8(self.0);
        picture.apply_orientation(orientation);
        Self(picture.into_rgba8())
    }

    /// The same with its longer side at most that long.
    pub(super) fn within(&self, side: u32) -> Self {
        let (width, height) = self.0.dimensions();
        let longest = width.max(height);
        if longest <= side {
            return Self(self.0.clone());
        }
        let scaled = |len: u32| {
            let len =
                (u64::from(len) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest);
            u32::try_from(len).unwrap_or(side).max(1)
        };
        let (width, height) = (scaled(width), scaled(height));
        Self(imageops::resize(
            &self.0,
            width,
            height,
            FilterType::Triangle,
        ))
    }

    /// The picture with plain colours.
    pub(super) fn into_rgba(self) -> RgbaImage {
        let mut picture = self.0;
        for Rgba([r, g, b, a]) in picture.pixels_mut() {
            let opacity = u32::from(*a).max(1);
            for channel in [r, g, b] {
                let plain = (u32::from(*channel) * 255 + opacity / 2) / opacity;
                *channel = u8::try_from(plain).unwrap_or(u8::MAX);
            }
        }
        picture
    }
}

/// Adds a pixel to the sum of its square: at most 12² pixels of 255² each.
fn add(sum: &mut [u32; 4], Rgba([r, g, b, a]): Rgba<u8>) {
    let opacity = u32::from(a);
    sum[0] += u32::from(r) * opacity;
    sum[1] += u32::from(g) * opacity;
    sum[2] += u32::from(b) * opacity;
    sum[3] += opacity;
}

fn mean([r, g, b, a]: [u32; 4], count: u32) -> Rgba<u8> {
    let part = |sum: u32, of: u32| u8::try_from((sum + of / 2) / of.max(1)).unwrap_or(u8::MAX);
    let colour = |sum: u32| part(sum, count * 255);
    Rgba([colour(r), colour(g), colour(b), part(a, count)])
}
