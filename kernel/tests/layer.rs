//! Recurrent layers on every instruction set of this processor, against plain loops in double precision.

mod naive;
#[path = "naive/layer.rs"]
mod naive_layer;

use naive::{Random, error, read, write};
use naive_layer::{Task, forward, slope};
use segtide_kernel::failure::Failure;
use segtide_kernel::kernels;
use segtide_kernel::layer::{Cell, Layer, Spec};
use segtide_kernel::pool::Pool;

/// Steps, inputs, hidden units and rows that fit no vector and no strip.
const SIZES: [[usize; 4]; 9] = [
    [1, 1, 1, 1],
    [2, 0, 3, 2],
    [1, 7, 5, 1],
    [3, 2, 17, 5],
    [5, 17, 9, 3],
    [2, 1, 33, 7],
    [7, 3, 16, 2],
    [3, 1, 50, 37],
    [2, 7, 8, 75],
];

fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&x| x as f64).collect()
}

fn each_spec(mut run: impl FnMut(Spec, &mut Random)) {
    let mut random = Random(88172645463325252);
    for [steps, inputs, hidden, rows] in SIZES {
        for cell in [Cell::Lstm, Cell::Gru] {
            for all_outputs in [true, false] {
                let input_gradients = true;
                run(
                    Spec { cell, steps, inputs, hidden, rows, training: true, all_outputs, input_gradients },
                    &mut random,
                );
            }
        }
    }
}

#[test]
fn outputs_and_gradients_are_those_of_plain_loops() {
    each_spec(|spec, random| {
        let Spec { steps, inputs, hidden, rows, .. } = spec;
        for set in kernels::all() {
            let mut layer = Layer::new(spec, set, 2).unwrap();
            let scale = 1.0 / ((hidden + inputs + 1) as f32).sqrt();
            let weights = random.take(layer.shape.weights(), scale);
            let values = [
                random.take(steps * rows * inputs, 1.0),
                random.take(rows * hidden, 1.0),
                random.take(layer.initial_cell.len(), 1.0),
                random.take(layer.outputs.len(), 1.0),
            ];
            let buffers = [&layer.inputs, &layer.initial_hidden, &layer.initial_cell, &layer.output_gradients];
            for (buffer, values) in buffers.into_iter().zip(&values) {
                write(buffer, values);
            }
            let pool = Pool::new(2).unwrap();
            layer.load(&weights);
            layer.forward(rows, &pool);
            layer.backward(rows, &pool);

            let [input, state, cell, given] = values.map(|values| widen(&values));
            let task = Task { spec, weights: widen(&weights), inputs: input, hidden: state, cell };
            let say = format!("{} {spec:?}", set.name);
            assert!(error(read(&layer.outputs), &forward(&task)) < 2e-6, "outputs, {say}");

            // Some numbers of each kind, the first and the last among them.
            let some = |length: usize| (0..9).map(move |i| i * length.saturating_sub(1) / 8).take(length.min(9));
            let of = |gradients: &[f32], number: &dyn Fn(&mut Task, usize) -> &mut f64, what: &str| {
                let (actual, expected): (Vec<f32>, Vec<f64>) =
                    some(gradients.len()).map(|i| (gradients[i], slope(&task, &given, |task| number(task, i)))).unzip();
                assert!(error(&actual, &expected) < 1e-4, "{what}: {actual:?} and {expected:?}, {say}");
            };
            of(read(&layer.weight_gradients), &|task, i| &mut task.weights[i], "weights");
            of(read(&layer.initial_hidden_gradients), &|task, i| &mut task.hidden[i], "initial state");
            of(read(&layer.input_gradients), &|task, i| &mut task.inputs[i], "inputs");
        }
    });
}

#[test]
fn inference_gives_what_training_gives() {
    each_spec(|spec, random| {
        for set in kernels::all() {
            let outputs: Vec<Vec<f32>> = [true, false]
                .map(|training| {
                    let mut random = Random(random.0);
                    let mut layer = Layer::new(Spec { training, ..spec }, set, 1).unwrap();
                    write(&layer.inputs, &random.take(layer.inputs.len(), 1.0));
                    write(&layer.initial_hidden, &random.take(layer.initial_hidden.len(), 1.0));
                    layer.load(&random.take(layer.shape.weights(), 0.5));
                    layer.forward(spec.rows, &Pool::new(1).unwrap());
                    read(&layer.outputs).to_vec()
                })
                .into();
            assert_eq!(outputs[0], outputs[1], "{} {spec:?}", set.name);
        }
        random.next();
    });
}

#[test]
fn a_layer_that_no_memory_holds_is_a_failure() {
    let spec = Spec {
        cell: Cell::Lstm,
        steps: 1 << 20,
        inputs: 1,
        hidden: 1 << 20,
        rows: 1 << 20,
        training: true,
        all_outputs: true,
        input_gradients: true,
    };
    let set = kernels::all()[0];
    assert!(matches!(Layer::new(spec, set, 1).err(), Some(Failure::Memory { floats: Some(_) | None })));
    let beyond = Spec { steps: usize::MAX, ..spec };
    assert!(matches!(Layer::new(beyond, set, 1).err(), Some(Failure::Memory { floats: None })));
}
